// Turns that call no model: a stored answer, and one that another request makes.
#pragma once

#include <memory>
#include <vector>

#include "server/product/conversation/live_turn.hpp"
#include "server/product/conversation/records.hpp"
#include "server/product/rpc/backend.hpp"

namespace bigocean::server::conversation {

/// A message that was answered before: the same answer, at no cost.
class StoredTurn : public rpc::Turn {
 public:
  explicit StoredTurn(rpc::SendMessageReply reply) : reply_(std::move(reply)) {}

  rpc::StreamPlace place() const override { return {.position = reply_.message.position}; }
  rpc::SendMessageReply run(const rpc::OnText&) override { return reply_; }

 private:
  const rpc::SendMessageReply reply_;
};

/// Listens to a turn under way in this process, from `offset` bytes of its text on.
class FollowingTurn : public rpc::Turn {
 public:
  FollowingTurn(std::shared_ptr<const LiveTurn> live, std::size_t offset, bool begins_again = false)
      : live_(std::move(live)), offset_(offset), begins_again_(begins_again) {}

  rpc::StreamPlace place() const override {
    return {.position = live_->identity().position,
            .turn = live_->identity().turn,
            .bytes = static_cast<std::int64_t>(offset_)};
  }
  bool begins_again() const override { return begins_again_; }
  rpc::SendMessageReply run(const rpc::OnText& on_text) override {
    return live_->follow(
        offset_, on_text ? on_text : [](std::string_view) { return true; });
  }

 private:
  const std::shared_ptr<const LiveTurn> live_;
  const std::size_t offset_;
  const bool begins_again_;
};

/// The reply at `answer` in the session's messages, with the progress of that moment. Nothing if it is not
/// the interviewer's, or has no visible characters. `answer` must not be the first message; `messages_max` is
/// the limit of the user's messages in a session.
std::optional<rpc::SendMessageReply> stored_answer(Records& records, const Session& session,
                                                   const std::vector<StoredMessage>& messages,
                                                   std::vector<StoredMessage>::const_iterator answer,
                                                   std::int64_t messages_max);

}  // namespace bigocean::server::conversation
