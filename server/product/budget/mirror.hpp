// A mirror of the ledger in Redis: shows what was spent. No decision uses it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/log.hpp"
#include "redis/store.hpp"
#include "server/product/budget/breaker.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::budget {

/// The keys are those of cost_key.hpp, the values nano-dollars that only grow, kept for 48 hours. Lost values
/// are restored from the ledger: when the mark of the mirror is missing (Redis was emptied), belongs to
/// another run of the server (it restarted, perhaps with old data), or after failed updates. Thread-safe. An
/// unreachable store causes no exception, only one line in the log and a count.
class Mirror {
 public:
  /// All must outlive this. Without a redis.url it does nothing.
  Mirror(redis::Store& redis, sql::Database& database, const Ledger& ledger, base::Logger& log,
         Counters& counters);

  /// To be called after a settlement is committed; the next flush() writes it. Does not wait.
  void note(const Settlement& settlement);

  /// Writes all noted values in one command. Calls look() when the last look was long ago.
  void flush();

  /// Checks whether Redis has lost values, and restores them. To be called at the start, and regularly from a
  /// background thread. Returns true if the mirror was rebuilt.
  bool look();

 private:
  using Values = std::map<std::string, NanoDollars>;  ///< by key

  bool attempt(const std::function<void()>& work);
  /// Raises the values, and returns the mark of the mirror; empty if it is missing.
  std::string raise(const Values& values);
  bool look_now();
  void rebuild(const std::string& run_id);

  redis::Store& redis_;
  sql::Database& database_;
  const Ledger& ledger_;
  const bool has_redis_;
  base::Logger& log_;
  Counters& counters_;
  Breaker breaker_;
  redis::Script raise_;
  std::atomic<bool> stale_{false};  ///< an update failed since the last rebuild
  std::atomic<std::chrono::steady_clock::rep> looked_{0};
  std::mutex rebuilding_;
  std::mutex mutex_;
  Values noted_;
};

}  // namespace bigocean::server::budget
