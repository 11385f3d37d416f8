// Gathers the bytes of one connection into whole requests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/chunked.hpp"
#include "server/http/guard.hpp"

namespace bigocean::server::http {

struct IntakeLimits {
  std::size_t head_bytes_max;
  std::size_t body_bytes_max;
};

/// No I/O: bytes go in as they arrive, a complete request comes out, the bytes after it (pipelining) stay for
/// the next one. So a client that sends slowly costs memory for what it sent, and never a thread.
class Intake {
 public:
  enum class State {
    kEmpty,  ///< not a byte of a request yet
    kHead,
    kBody,
    kReady,   ///< a whole request waits in head() and body()
    kRefused  ///< see refusal(); nothing more is read
  };

  explicit Intake(IntakeLimits limits) : limits_(limits) {}

  State feed(std::string_view bytes);
  State state() const { return state_; }
  const Head& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  /// Bytes after the request that has been gathered.
  bool has_more() const { return !pending_.empty(); }

  /// True once, when the client waits for "100 Continue" before it sends the body.
  bool take_continue();

  /// The request for the router, with a Content-Length of its own; only in kReady.
  std::string request() const;

  /// Forgets the request and reads on with the bytes behind it.
  State next();

 private:
  State advance();
  State advance_head();
  State advance_body();
  State refuse(Refusal refusal);

  IntakeLimits limits_;
  State state_ = State::kEmpty;
  std::string pending_;      ///< bytes not yet understood
  std::size_t scanned_ = 0;  ///< how much of an unfinished head has been looked at
  Head head_;
  std::string body_;
  std::optional<ChunkedDecoder> chunks_;
  Refusal refusal_{};
  bool continue_wanted_ = false;
};

}  // namespace bigocean::server::http
