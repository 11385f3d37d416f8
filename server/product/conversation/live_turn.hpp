// One turn under way in this process: its text so far and its end, for all followers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/interrupt.hpp"
#include "server/product/conversation/records.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::conversation {

/// Thread-safe. Written by the thread that answers, read by any number of followers.
class LiveTurn {
 public:
  /// Why a turn ends before its answer is complete.
  enum class Cancel { kAsked, kStopping };

  /// What identifies a turn.
  struct Identity {
    SessionKey key;
    std::int64_t turn = 0;
    std::int64_t position = 0;  ///< of the answer
    std::string message;        ///< the message that is answered
    std::optional<std::string> idempotency_key{};
  };

  explicit LiveTurn(Identity identity) : identity_(std::move(identity)) {}

  const Identity& identity() const { return identity_; }

  /// Adds a piece of the answer.
  void say(std::string_view piece);

  /// Ends the turn. Only the first call counts.
  using Outcome = std::variant<rpc::SendMessageReply, rpc::RpcError>;
  void end(Outcome outcome);

  /// Stops the call to the model. The first reason counts; an answer that is already complete is kept.
  void cancel(Cancel reason);
  std::optional<Cancel> cancelled() const;
  /// Raised by cancel().
  const base::Interrupt& interrupt() const { return interrupt_; }

  /// Passes the text after the first `offset` bytes to `on_text` as it arrives. Returns the reply, or throws
  /// the RpcError with which the turn ended. Once `on_text` returns false it stops and throws an RpcError,
  /// too. The wait is limited by the turn itself, which always ends.
  rpc::SendMessageReply follow(std::size_t offset, const rpc::OnText& on_text) const;

  /// Whether a follower can continue after the first `offset` bytes: the text is that long, and a character
  /// ends there.
  bool has_boundary(std::size_t offset) const;

 private:
  const Identity identity_;
  base::Interrupt interrupt_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string text_;
  std::optional<Outcome> outcome_;
  std::optional<Cancel> cancelled_;
};

}  // namespace bigocean::server::conversation
