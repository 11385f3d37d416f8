// Reports a deploy whose migration failed to Sentry.
#include "cli/migrate/report.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/standard_error.hpp"
#include "server/http/failure.hpp"
#include "server/observe/error_reporter.hpp"
#include "sql/migrate/run/failure.hpp"

namespace bigocean::cli {
namespace {

using base::ExitCode;

ExitCode code_of(const std::exception& error) {
  const auto* ours = dynamic_cast<const base::Error*>(&error);
  return ours != nullptr ? ours->code : ExitCode::kInternal;
}

bool is_worth_a_report(ExitCode code) {
  return code != ExitCode::kUsage && code != ExitCode::kInterrupted && code != ExitCode::kTerminated;
}

}  // namespace

void report_failed_migrate(const config::Settings& settings, const std::string& command,
                           const std::exception& error) {
  const auto code = code_of(error);
  if (settings.sentry.dsn.empty() || command != "up" || !is_worth_a_report(code)) return;
  auto failure = server::failure_of(error);
  failure.place = "migrate " + command;
  failure.tags.emplace_back("exit_code", std::to_string(static_cast<int>(code)));
  if (const auto* placed = dynamic_cast<const sql::migrate::MigrationError*>(&error)) {
    failure.tags.emplace_back("migration", placed->file);
  }
  const auto fault = server::observe::report_now(settings, server::observe::event_of(std::move(failure)));
  if (!fault.empty()) base::tell(fmt::format("warning: the failure was not reported to Sentry: {}\n", fault));
}

}  // namespace bigocean::cli
