// Gathers the bytes of one connection into whole requests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/guard.hpp"
#include "server/http/parser.hpp"

namespace bigocean::server::http {

/// No I/O: bytes go in as they arrive, a complete request comes out, the bytes after it (pipelining) stay for
/// the next one. So a client that sends slowly costs memory for what it sent, and never a thread.
class Intake {
 public:
  enum class State {
    kEmpty,  ///< not a byte of a request yet
    kHead,
    kBody,
    kReady,   ///< a whole request waits to be taken
    kRefused  ///< see refusal(); nothing more is read
  };

  explicit Intake(const Parser::Limits& limits) : limits_(limits) {}

  State feed(std::string_view bytes);
  State state() const { return state_; }
  const Head& head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  /// What is known of a request that is refused or came too late: method and headers as far as they go.
  Request known() const;
  /// Bytes after the request that has been gathered.
  bool has_more() const { return !pending_.empty(); }

  /// True once, when the client waits for "100 Continue" before it sends the body.
  bool take_continue();

  /// The request with its body; once, and only in kReady.
  Request take_request();

  /// Forgets the request and reads on with the bytes behind it.
  State next();

 private:
  State advance();
  State advance_head();
  State advance_body();
  State refuse(Refusal refusal);

  Parser::Limits limits_;
  State state_ = State::kEmpty;
  std::string pending_;      ///< bytes not yet understood
  std::size_t scanned_ = 0;  ///< how much of an unfinished head has been looked at
  std::optional<Parser> parser_;
  Head head_;
  Refusal refusal_{};
  Request known_;  ///< of a head that was refused
  bool continue_wanted_ = false;
};

}  // namespace bigocean::server::http
