// Reads the history of the migrations, and runs the checks with a limit on their time.
#include "server/service/status_sources.hpp"

#include <fmt/format.h>

#include <csignal>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/check_json.hpp"
#include "base/interrupt.hpp"
#include "base/signal_stack.hpp"
#include "base/span.hpp"
#include "config/secret.hpp"
#include "sql/check/check.hpp"
#include "sql/migrate/history/history.hpp"

namespace bigocean::server {
namespace {

using Json = nlohmann::ordered_json;
using Check = std::function<base::CheckReport(const base::Interrupt&)>;

std::string latest_migrations(sql::Database& database, const config::Settings& settings) {
  Json rows = Json::array();
  database.use([&](sql::Connection& connection) {
    const sql::migrate::History history(connection, settings.migrate.schema);
    for (const auto& entry : history.latest(kMigrationsShown, settings.database.statement_timeout)) {
      Json row;
      row["name"] = entry.name;
      row["state"] = entry.state;
      row["applied_at"] = entry.applied_at;
      row["duration_ms"] = entry.duration_ms.empty() ? Json() : Json(std::stod(entry.duration_ms));
      row["applied_by"] = entry.applied_by;
      row["version"] = entry.app_version;
      row["commit"] = entry.git_commit;
      row["how"] = entry.how;
      rows.push_back(std::move(row));
    }
  });
  return rows.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A report in place of one that could not be made.
base::CheckReport fault_report(std::string target, std::string fault, std::string remedy) {
  base::CheckReport report;
  report.target = std::move(target);
  report.add({"run", base::CheckLevel::kFail, config::redact_urls(fault), {}, std::move(remedy), {}});
  return report;
}

base::CheckReport attempt(const std::string& target, const Check& check, const base::Interrupt& limit,
                          std::chrono::milliseconds timeout) {
  const base::SignalStack stack;
  try {
    return check(limit);
  } catch (const base::Error& error) {
    if (limit.signal() != 0) {
      return fault_report(target, fmt::format("not finished within {} ms", timeout.count()),
                          "see whether the server answers, and what it is waiting for");
    }
    return fault_report(target, error.message, error.hint);
  } catch (const std::exception& error) {
    return fault_report(target, error.what(), {});
  }
}

std::string run_checks(const config::Settings& settings, std::span<const redis::ServiceRow> rows,
                       std::chrono::milliseconds timeout) {
  base::Interrupt limit;
  const auto start = [&](const std::string& target, Check check) {
    return std::async(std::launch::async,
                      [&limit, timeout, target, check = std::move(check), trace = base::active_trace()] {
                        const base::TraceScope scope(trace);
                        return attempt(target, check, limit, timeout);
                      });
  };
  auto postgres =
      start("PostgreSQL", [&](const base::Interrupt& interrupt) { return sql::check(settings, &interrupt); });
  auto redis = start(
      "Redis", [&](const base::Interrupt& interrupt) { return redis::check(settings, &interrupt, rows); });
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (auto* report : {&postgres, &redis}) {
    if (report->wait_until(end) == std::future_status::timeout) limit.raise(SIGTERM);
  }
  Json reports = Json::array();
  for (auto* report : {&postgres, &redis}) {
    const auto found = report->get();
    reports.push_back(Json::parse(base::report_json(found, static_cast<int>(found.exit_code()))));
  }
  return reports.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

StatusSources status_sources(sql::Database& database, const config::Settings& settings,
                             std::span<const redis::ServiceRow> rows,
                             std::chrono::milliseconds checks_timeout) {
  return {.migrations = [&database, &settings] { return latest_migrations(database, settings); },
          .checks = [&settings, rows, checks_timeout] { return run_checks(settings, rows, checks_timeout); }};
}

}  // namespace bigocean::server
