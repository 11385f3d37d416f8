// Leases, renewed one by one: there are hundreds at most, and most turns end before their first renewal.
#include "server/conversation/turns.hpp"

namespace bigocean::server::conversation {

void Turns::add(const SessionKey& key, std::int64_t turn) {
  const std::lock_guard lock(mutex_);
  running_.emplace(Key{key.session_id, turn}, key);
}

void Turns::remove(const SessionKey& key, std::int64_t turn) {
  const std::lock_guard lock(mutex_);
  running_.erase({key.session_id, turn});
}

void Turns::renew_all() {
  std::map<Key, SessionKey> running;
  {
    const std::lock_guard lock(mutex_);
    running = running_;
  }
  if (running.empty()) return;
  database_.pipeline([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    for (const auto& [key, session] : running) records.renew_turn(session, key.second, lease_);
  });
}

}  // namespace bigocean::server::conversation
