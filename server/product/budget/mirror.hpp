// What was spent, shown in Redis: a mirror of the ledger, which nothing is decided by.
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

/// Keys as redis/cost_key.hpp names them, nano-dollars, kept for 48 hours; a value only grows. What Redis has
/// lost is put back from the ledger: where the mark of the mirror is missing (emptied), is another server
/// run's (it restarted, perhaps with what it had saved long ago), or after updates that failed. Thread-safe.
/// Nothing here throws for a store that is away: it costs a line in the log, once, and a count.
class Mirror {
 public:
  /// All must outlive this. Without a redis.url it does nothing.
  Mirror(redis::Store& redis, sql::Database& database, const Ledger& ledger, base::Logger& log,
         Counters& counters);

  /// After a settlement is committed: what it says is written by the next flush(). Waits for nobody.
  void note(const Settlement& settlement);

  /// Writes what was noted since the last time, in one go. Looks, too, when the last look is a while ago.
  void flush();

  /// Looks whether Redis has lost something, and puts it back; for a thread that comes by now and then, and
  /// for the start. True: it was rebuilt.
  bool look();

 private:
  using Values = std::map<std::string, NanoDollars>;  ///< by key

  bool attempt(const std::function<void()>& work);
  /// Raises the values; returns the mark of the mirror, empty where there is none.
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
