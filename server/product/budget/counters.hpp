// What budget and limits have seen, for the metrics.
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

/// Thread-safe. Counts are this process's own; the service's budget of today is the ledger's, as last seen.
class Counters {
 public:
  using Count = std::atomic<std::uint64_t>;

  explicit Counters(const Caps& caps) : caps_(caps) {}

  std::array<Count, kScopes.size()> refusals{};
  std::array<std::array<Count, kWarnPercents.size()>, kScopes.size()> crossings{};
  Count overruns{0};  ///< calls that cost more than was reserved
  Count swept{0};     ///< calls whose outcome nobody knows
  Count limited{0};   ///< asked for more often than a limit allows
  Count limits_fallbacks{0};
  std::atomic<bool> limits_in_memory{false};
  Count mirror_failures{0};
  Count mirror_rebuilds{0};

  /// What the service has spent and reserved on `day`; news of an earlier day than the latest is ignored.
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
