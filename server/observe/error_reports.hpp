// All error reports of serve: failed handlers, background work and crashes.
#pragma once

#include <optional>
#include <string>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "server/http/failure.hpp"
#include "server/observe/crash_handler.hpp"
#include "server/observe/error_reporter.hpp"

namespace bigocean::server::observe {

/// Without SENTRY_DSN crashes are only logged, and nothing is reported.
class ErrorReports {
 public:
  /// `log` must outlive this.
  ErrorReports(const config::Settings& settings, base::Logger& log);

  /// The hook for failures; empty when nothing is to be reported. Valid as long as this.
  FailureHook hook();

  /// Reports the crashes since the last start.
  void report_crashes();

  /// Waits for reports, at most sentry.timeout and at most until `deadline`. Returns false when one is still
  /// being sent; the destructor may then wait for it.
  bool flush(ErrorReporter::Clock::time_point deadline);

 private:
  std::string folder_;  ///< of crashes; empty: none
  base::Logger& log_;
  const std::chrono::milliseconds timeout_;
  std::optional<CrashHandler> crash_handler_;
  std::optional<ErrorReporter> reporter_;
};

}  // namespace bigocean::server::observe
