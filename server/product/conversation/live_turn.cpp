// Followers wait for a change and copy the new text, so that a slow one does not delay the others.
#include "server/product/conversation/live_turn.hpp"

#include <csignal>

namespace bigocean::server::conversation {

void LiveTurn::say(std::string_view piece) {
  {
    const std::lock_guard lock(mutex_);
    text_ += piece;
  }
  changed_.notify_all();
}

void LiveTurn::end(Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    if (!outcome_) outcome_ = std::move(outcome);
  }
  changed_.notify_all();
}

void LiveTurn::cancel(Cancel reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!cancelled_) cancelled_ = reason;
  }
  interrupt_.raise(SIGTERM);
}

std::optional<LiveTurn::Cancel> LiveTurn::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

rpc::SendMessageReply LiveTurn::follow(std::size_t offset, const rpc::OnText& on_text) const {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return outcome_ || text_.size() > offset; });
    if (text_.size() <= offset) break;
    const auto piece = text_.substr(offset);
    offset = text_.size();
    lock.unlock();
    // A follower whose client is gone need not wait for the end.
    if (!on_text(piece)) throw rpc::RpcError(rpc::Tag::kSessionBusy);
    lock.lock();
  }
  if (const auto* error = std::get_if<rpc::RpcError>(&*outcome_)) throw *error;
  return std::get<rpc::SendMessageReply>(*outcome_);
}

bool LiveTurn::has_boundary(std::size_t offset) const {
  const std::lock_guard lock(mutex_);
  if (offset >= text_.size()) return offset == text_.size();
  return (static_cast<unsigned char>(text_[offset]) & 0xC0U) != 0x80U;
}

}  // namespace bigocean::server::conversation
