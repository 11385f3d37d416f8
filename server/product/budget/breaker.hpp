// A circuit breaker for an unreachable store: limits attempts, and reports each change.
#pragma once

#include <atomic>
#include <chrono>

#include "base/error.hpp"

namespace bigocean::server::budget {

/// Whether the error is a signal that ends the process. Then no fallback is needed.
inline bool is_the_end(const base::Error& error) {
  return error.code == base::ExitCode::kInterrupted || error.code == base::ExitCode::kTerminated;
}

/// Thread-safe.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Breaker(std::chrono::milliseconds pause) : pause_(pause) {}

  /// True while the store works. While it is unreachable, true for one caller in each `pause`.
  bool may_try() {
    if (!away_) return true;
    auto next = next_.load();
    const auto now = Clock::now().time_since_epoch().count();
    return now >= next && next_.compare_exchange_strong(next, after_pause());
  }

  /// Records a failure or a success. True if the state changed.
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
