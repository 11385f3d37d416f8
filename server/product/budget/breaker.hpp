// Lets a store that is away be: one try in a while, and word of each change.
#pragma once

#include <atomic>
#include <chrono>

#include "base/error.hpp"

namespace bigocean::server::budget {

/// A signal ends the process: nobody needs an answer any more, so nothing takes a store's place.
inline bool is_the_end(const base::Error& error) {
  return error.code == base::ExitCode::kInterrupted || error.code == base::ExitCode::kTerminated;
}

/// Thread-safe.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Breaker(std::chrono::milliseconds pause) : pause_(pause) {}

  /// True while the store works; while it is away, for one caller each `pause`.
  bool may_try() {
    if (!away_) return true;
    auto next = next_.load();
    const auto now = Clock::now().time_since_epoch().count();
    return now >= next && next_.compare_exchange_strong(next, after_pause());
  }

  /// True when that is news.
  bool failed() {
    next_ = after_pause();
    return !away_.exchange(true);
  }
  bool succeeded() { return away_ && away_.exchange(false); }

  bool away() const { return away_; }

 private:
  Clock::rep after_pause() const { return (Clock::now() + pause_).time_since_epoch().count(); }

  const std::chrono::milliseconds pause_;
  std::atomic<bool> away_{false};
  std::atomic<Clock::rep> next_{0};
};

}  // namespace bigocean::server::budget
