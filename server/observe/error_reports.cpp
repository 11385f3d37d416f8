// All error reports of serve: failed handlers, background work and crashes.
#include "server/observe/error_reports.hpp"

#include <algorithm>

#include "server/observe/crash_file.hpp"

namespace bigocean::server::observe {

ErrorReports::ErrorReports(const config::Settings& settings, base::Logger& log)
    : log_(log), timeout_(settings.sentry.timeout) {
  CrashNote note{.release = origin_of(settings).release};
  if (!settings.sentry.dsn.empty()) {
    auto folder = open_crash_folder(settings.sentry.crash_dir);
    if (folder.path.empty()) {
      log.info("a crash would be logged, but not reported: set sentry.crash_dir to a writable folder",
               {{"reason", std::string_view(folder.fault)}});
    } else {
      folder_ = folder.path;
      note.file = new_crash_file(folder_);
    }
    reporter_.emplace(settings, log);
  }
  crash_handler_.emplace(note);
}

FailureHook ErrorReports::hook() {
  if (!reporter_) return {};
  return [this](Failure failure) { reporter_->report(event_of(std::move(failure))); };
}

void ErrorReports::report_crashes() {
  if (folder_.empty()) return;
  for (auto& event : read_crashes(folder_, log_)) {
    log_.warn("reporting an earlier crash",
              {{"event_id", std::string_view(event.id)}, {"crash", std::string_view(event.failure.message)}});
    reporter_->report(std::move(event));
  }
}

bool ErrorReports::flush(ErrorReporter::Clock::time_point deadline) {
  if (!reporter_) return true;
  return reporter_->flush(std::min(deadline, ErrorReporter::Clock::now() + timeout_));
}

}  // namespace bigocean::server::observe
