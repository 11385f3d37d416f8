// Assembles the bytes of one connection into whole requests.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/guard.hpp"
#include "server/http/parser.hpp"

namespace bigocean::server::http {

/// No I/O, not thread-safe. Bytes are fed as they arrive, a complete request is taken out, and bytes after it
/// (pipelining) stay for the next request. A client that sends slowly costs the memory for its bytes, and no
/// thread.
class Intake {
 public:
  enum class State {
    kEmpty,  ///< no byte of a request yet
    kHead,
    kBody,
    kReady,   ///< a whole request can be taken
    kRefused  ///< see refusal(); nothing more is read
  };

  explicit Intake(const Parser::Limits& limits) : limits_(limits) {}

  State feed(std::string_view bytes);
  State state() const { return state_; }
  /// Of the current request; not before kBody or kReady.
  const Head& head() const { return *head_; }
  const Refusal& refusal() const { return refusal_; }
  /// What is known of a request that was refused or came too late: method and headers as far as they were
  /// read.
  Request known() const;
  /// Whether there are bytes after the current request.
  bool has_more() const { return !pending_.empty(); }

  /// True once, when the client waits for "100 Continue" before it sends the body.
  bool take_continue();

  /// Returns the request with its body. To be called once, and only in kReady.
  Request take_request();

  /// Drops the current request and continues with the bytes after it.
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
  std::unique_ptr<Head> head_;  ///< of the current request; a connection that rests has none
  Refusal refusal_{};
  std::unique_ptr<Request> known_;  ///< of a head that was refused
  bool continue_wanted_ = false;
};

}  // namespace bigocean::server::http
