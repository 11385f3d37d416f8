// How long other sessions may wait for table locks that a running file holds.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "sql/migrate/run/blocker_monitor.hpp"
#include "sql/migrate/run/report.hpp"

namespace bigocean::sql::migrate {

/// What a file is allowed; 0: no limit.
struct BlockingMax {
  std::chrono::milliseconds tables{0};    ///< of one session's wait for a table that the file has locked
  std::chrono::milliseconds requests{0};  ///< of one session's wait behind a lock that the file waits for
  std::chrono::milliseconds rows{0};      ///< of one session's wait for a row
};

/// Looks every 100 ms for sessions that wait for us, and cancels our statement when one has waited too long.
/// Refers to the monitor and the sink. Not thread-safe.
class BlockingLimit {
 public:
  BlockingLimit(BlockerMonitor& monitor, Sink& sink) : monitor_(monitor), sink_(sink) {}

  /// A file, or another try of it, begins.
  void begin(const std::string& migration, BlockingMax max);

  /// To be called while a statement runs and between statements; asks the server when 100 ms have passed.
  /// True once a session has waited longer than it may: the statement that runs has been asked to cancel.
  bool look(Connection& connection);

  /// The session that waited too long, in this try.
  const std::optional<LockWaiter>& exceeded() const { return exceeded_; }

 private:
  using Clock = std::chrono::steady_clock;

  void warn_of_rows(const LockWaiter& waiter);
  void warn(std::string text);

  BlockerMonitor& monitor_;
  Sink& sink_;
  std::string migration_;
  BlockingMax max_;
  Clock::time_point next_look_{};
  std::optional<LockWaiter> exceeded_;
  bool warned_of_rows_ = false;
};

}  // namespace bigocean::sql::migrate
