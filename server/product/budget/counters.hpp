// Counters of budgets and rate limits, for the metrics.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "server/observe/sample.hpp"
#include "server/product/budget/caps.hpp"

namespace bigocean::server::budget {

/// Thread-safe. Counts are those of this process; the service's budget of today is the latest seen in the
/// ledger.
class Counters {
 public:
  using Count = std::atomic<std::uint64_t>;

  explicit Counters(const Caps& caps) : caps_(caps) {}

  std::array<Count, kScopes.size()> refusals{};
  std::array<std::array<Count, kWarnPercents.size()>, kScopes.size()> crossings{};
  Count overruns{0};  ///< calls that cost more than was reserved
  Count swept{0};     ///< reservations that expired without a settlement
  Count limited{0};   ///< requests that a rate limit refused
  Count limits_fallbacks{0};
  std::atomic<bool> limits_in_memory{false};
  Count mirror_failures{0};
  Count mirror_rebuilds{0};

  /// Records what the service has spent and reserved on `day`. A day before the latest one is ignored.
  void saw_service(std::chrono::sys_days day, NanoDollars spent, NanoDollars reserved);

  /// All of them, in an order that keeps samples of one name together.
  std::vector<observe::Sample> samples() const;

 private:
  struct Service {
    std::chrono::sys_days day{};
    NanoDollars spent = 0;
    NanoDollars reserved = 0;
  };

  const Caps caps_;
  mutable std::mutex mutex_;
  Service service_;
};

}  // namespace bigocean::server::budget
