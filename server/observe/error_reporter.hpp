// Sends error reports to Sentry from a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "server/observe/envelope.hpp"
#include "server/observe/sentry.hpp"

namespace bigocean::server::observe {

/// Thread-safe. A slow or unreachable Sentry does not delay callers: reports wait in a queue of
/// sentry.queue_max, and are dropped when it is full. All lost reports are counted and logged, at most once
/// in kTellPeriod. Of the failures of one group one is reported in kGroupPeriod; the next report says how
/// many there were since.
class ErrorReporter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kTellPeriod{60};
  static constexpr std::chrono::seconds kGroupPeriod{60};

  /// settings.sentry.dsn must be set; `log` must outlive the reporter.
  ErrorReporter(const config::Settings& settings, base::Logger& log);
  /// Waits for the report that is being sent, at most sentry.timeout, and drops the rest.
  ~ErrorReporter();

  /// May be called from any thread; never blocks.
  void report(Event event);

  /// Waits until all reports have been tried, at most until `deadline`, and logs what was lost. Returns false
  /// when reports are still waiting or being sent.
  bool flush(Clock::time_point deadline);

 private:
  struct Group {
    Clock::time_point reported;
    long long left_out = 0;
  };

  bool is_left_out(Failure& failure, Clock::time_point now);
  void work();
  void settle(const Event& event, const Sentry::Sent& sent);
  void tell_losses(Clock::time_point now, bool at_once);

  const std::vector<config::Secret> secrets_;
  const Origin origin_;
  const std::size_t queue_max_;
  base::Logger& log_;
  Sentry sentry_;  ///< the thread's own

  std::mutex mutex_;
  std::condition_variable wake_;     ///< something to send, or the end
  std::condition_variable drained_;  ///< no report waits or is being sent
  std::deque<Event> queue_;
  std::map<std::string, Group> groups_;  ///< one for each SQLSTATE of an outage at most
  bool sending_ = false;
  bool stopping_ = false;
  long long dropped_ = 0, limited_ = 0, undelivered_ = 0;  ///< since they were last logged
  std::string fault_;                                      ///< of the latest undelivered report
  Clock::time_point told_{};
  std::thread thread_;  // last: it uses what stands above
};

/// Sends one report from this thread, within sentry.timeout. Returns why it was not accepted; empty when it
/// was.
std::string report_now(const config::Settings& settings, Event event);

}  // namespace bigocean::server::observe
