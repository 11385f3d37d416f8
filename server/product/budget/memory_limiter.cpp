// Keeps counts in a list by last use, bounded.
#include "server/product/budget/memory_limiter.hpp"

#include <algorithm>

namespace bigocean::server::budget {
namespace {

milliseconds steady_now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

std::string key_of(const Use& use) { return use.subject + ' ' + use.limit.name; }

}  // namespace

MemoryLimiter::MemoryLimiter(std::size_t keys_max, Now now)
    : keys_max_(std::max<std::size_t>(1, keys_max)), now_(now ? std::move(now) : Now(steady_now)) {}

TakeResult MemoryLimiter::take(std::span<const Use> uses) {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  std::vector<milliseconds> ahead;
  for (const Use& use : uses) ahead.push_back(state_of(key_of(use), now) - now);
  auto result = result_of(uses, ahead);
  if (result.allowed) {
    for (std::size_t i = 0; i < uses.size(); ++i) set(key_of(uses[i]), now + result.standing[i].reset);
  }
  return result;
}

void MemoryLimiter::give_back(std::span<const Use> uses) {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  for (const Use& use : uses) {
    const auto found = by_key_.find(key_of(use));
    if (found != by_key_.end())
      found->second->state = std::max(now, found->second->state - use.limit.interval());
  }
}

std::size_t MemoryLimiter::keys() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void MemoryLimiter::clear() {
  const std::lock_guard lock(mutex_);
  by_key_.clear();
  entries_.clear();
}

milliseconds MemoryLimiter::state_of(const std::string& key, milliseconds now) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? now : found->second->state;
}

void MemoryLimiter::set(const std::string& key, milliseconds state) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    found->second->state = state;
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  entries_.push_front({key, state});
  by_key_[key] = entries_.begin();
  if (entries_.size() > keys_max_) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace bigocean::server::budget
