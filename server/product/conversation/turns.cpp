// Leases, renewed one by one: there are hundreds at most, and most turns end before their first renewal.
#include "server/product/conversation/turns.hpp"

#include <limits>
#include <vector>

namespace bigocean::server::conversation {

void Turns::add(const std::shared_ptr<LiveTurn>& turn) {
  const std::lock_guard lock(mutex_);
  running_.emplace(Key{turn->identity().key.session_id, turn->identity().turn}, turn);
  if (stopping_) turn->cancel(LiveTurn::Cancel::kStopping);
}

void Turns::remove(const LiveTurn& turn) {
  const std::lock_guard lock(mutex_);
  running_.erase({turn.identity().key.session_id, turn.identity().turn});
}

std::shared_ptr<LiveTurn> Turns::find(const std::string& session_id) const {
  const std::lock_guard lock(mutex_);
  const auto behind = running_.upper_bound({session_id, std::numeric_limits<std::int64_t>::max()});
  if (behind == running_.begin()) return nullptr;
  const auto& [key, turn] = *std::prev(behind);
  return key.first == session_id ? turn : nullptr;
}

std::map<Turns::Key, std::shared_ptr<LiveTurn>> Turns::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void Turns::renew_all() {
  const auto turns = running();
  if (turns.empty()) return;
  database_.pipeline([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    for (const auto& [key, turn] : turns) records.renew_turn(turn->identity().key, key.second, lease_);
  });
}

void Turns::cancel_asked() {
  const auto turns = running();
  if (turns.empty()) return;
  database_.pipeline([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    std::vector<std::pair<std::shared_ptr<LiveTurn>, sql::Pending<bool>>> asked;
    for (const auto& [key, turn] : turns)
      asked.emplace_back(turn, records.is_turn_cancelled(turn->identity().key, key.second));
    for (auto& [turn, is_cancelled] : asked) {
      if (is_cancelled.get()) turn->cancel(LiveTurn::Cancel::kAsked);
    }
  });
}

void Turns::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [key, turn] : running_) turn->cancel(LiveTurn::Cancel::kStopping);
  stopped_.notify_all();
}

bool Turns::rest(std::chrono::milliseconds duration) const {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, duration, [this] { return stopping_; });
}

}  // namespace bigocean::server::conversation
