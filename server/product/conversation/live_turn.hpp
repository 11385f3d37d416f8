// One turn under way in this process: what was said so far, and how it ended, for all who follow it.
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

  /// What it is known by.
  struct Identity {
    SessionKey key;
    std::int64_t turn = 0;
    std::int64_t position = 0;  ///< of the answer
    std::string message;        ///< that is answered
    std::optional<std::string> idempotency_key{};
  };

  explicit LiveTurn(Identity identity) : identity_(std::move(identity)) {}

  const Identity& identity() const { return identity_; }

  /// Adds a piece of the answer.
  void say(std::string_view piece);

  /// Ends the turn. The first end counts.
  using Outcome = std::variant<rpc::SendMessageReply, rpc::RpcError>;
  void end(Outcome outcome);

  /// Stops the call to the model. The first reason counts; an answer that is complete already is kept.
  void cancel(Cancel reason);
  std::optional<Cancel> cancelled() const;
  /// Raised by cancel().
  const base::Interrupt& interrupt() const { return interrupt_; }

  /// Hands the text behind the first `offset` bytes to `on_text`, as it comes, until the turn has ended or
  /// nobody listens any more. Returns the reply; throws the RpcError that the turn ended with. The wait is
  /// limited by the turn itself, which ends in any case.
  rpc::SendMessageReply follow(std::size_t offset, const rpc::OnText& on_text) const;

  /// Whether a follower can go on behind the first `offset` bytes: there are so many, and a character ends
  /// there.
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
