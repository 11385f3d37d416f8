// Is this PostgreSQL fit for the service and its migrations? Connecting by stages, then asking.
#include "sql/check/check.hpp"

#include <fmt/format.h>

#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "sql/migrate/history/status.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::microseconds;

constexpr std::string_view kIds[] = {"resolve",
                                     "tcp",
                                     "tls",
                                     "authentication",
                                     "database",
                                     "session",
                                     "version",
                                     "encoding",
                                     "writable",
                                     "clock",
                                     "schema",
                                     "privilege.schema",
                                     "privilege.history",
                                     "ownership",
                                     "encryption",
                                     "pooler",
                                     "connections",
                                     "transaction_ids",
                                     "idle_in_transaction",
                                     "long_transactions",
                                     "prepared_transactions",
                                     "invalid_indexes",
                                     "not_valid_constraints",
                                     "sequences",
                                     "replication_slots",
                                     "collation",
                                     "support",
                                     "archiving",
                                     "synchronous_standby",
                                     "logical_replication",
                                     "time_zone",
                                     "size",
                                     "wal_level",
                                     "migrations"};

constexpr std::pair<ConnectStage, std::string_view> kStages[] = {
    {ConnectStage::kResolve, "resolve"},
    {ConnectStage::kTcp, "tcp"},
    {ConnectStage::kTls, "tls"},
    {ConnectStage::kAuthentication, "authentication"},
    {ConnectStage::kDatabase, "database"}};

microseconds system_now() {
  return std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::optional<microseconds> elapsed_in(const ConnectTrace& trace, ConnectStage stage) {
  const auto found = trace.elapsed.find(stage);
  return found == trace.elapsed.end() ? std::nullopt : std::optional(found->second);
}

/// One row a stage: ok before the one that failed, "not reached" after it.
void add_failed_connection(base::CheckReport& report, const ConnectError& error, const ConnectTrace& trace,
                           const config::Settings& settings) {
  for (const auto& [stage, id] : kStages) {
    Check row{std::string(id), CheckLevel::kOk, "passed", {}, {}, elapsed_in(trace, stage)};
    if (stage == error.stage) {
      row.level = CheckLevel::kFail;
      row.observed = error.message;
      if (trace.refused.size() > 1) row.observed += fmt::format("; tried {}", fmt::join(trace.refused, "; "));
      row.remedy = error.hint;
      if (settings.on_railway()) row.remedy += base::railway_remedy("DATABASE_URL", "Postgres");
      row.transient = error.transient;
    } else if (stage > error.stage) {
      row = {std::string(id), CheckLevel::kSkipped, "not reached", {}, {}, {}};
    }
    report.add(std::move(row));
  }
}

void add_connection(base::CheckReport& report, const Connection& connection, const ConnectTrace& trace) {
  for (const auto& [stage, id] : kStages) {
    std::string seen;
    if (stage == ConnectStage::kResolve) {
      seen = fmt::format("{}", fmt::join(trace.resolved, ", "));
    } else if (stage == ConnectStage::kTcp) {
      seen = trace.resolved.at(trace.refused.size());
      if (!trace.refused.empty()) seen += fmt::format("; before it {}", fmt::join(trace.refused, "; "));
    } else if (stage == ConnectStage::kTls) {
      seen = connection.tls_version().empty() ? "not used" : connection.tls_version();
    } else if (stage == ConnectStage::kAuthentication) {
      seen = "user " + connection.user();
    } else {
      seen = connection.database();
    }
    report.add({std::string(id), CheckLevel::kOk, seen, {}, {}, elapsed_in(trace, stage)});
  }
}

/// The schema's state as `migrate status` sees it. Pending files are not a failure here: the check runs
/// before the first migrate.
Check migrations_row(Connection& connection, const std::vector<migrate::Migration>& files,
                     const config::Settings::Migrate& migrate) {
  Check row{"migrations", CheckLevel::kOk, {}, {}, {}, {}};
  try {
    const migrate::SchemaState state = migrate::schema_state(connection, files, migrate);
    row.observed = state.text;
    if (state.edited > 0) {
      row.level = CheckLevel::kFail;
      row.remedy = "bigocean migrate status names the files and what to do about each";
    } else if (!state.remedy_if_wrong.empty()) {
      row.level = CheckLevel::kFail;
      row.remedy = state.remedy_if_wrong;
    } else if (state.pending > 0) {
      row.level = CheckLevel::kWarn;
      row.remedy = "bigocean migrate";
    } else if (state.ahead > 0) {
      row.level = CheckLevel::kWarn;
      row.remedy = "deploy the build that these migrations came with, or a newer one";
    }
  } catch (const SqlError& error) {
    row.level = CheckLevel::kSkipped;
    row.observed = error.message;
    row.remedy = error.hint;
  }
  return row;
}

void add_answers(base::CheckReport& report, Connection& connection, const config::Settings& settings,
                 FactLocks locks) {
  const microseconds before = system_now();
  const Facts facts = read_facts(connection, settings, locks);
  const microseconds after = system_now();
  const SessionFacts session = {connection.host(), connection.tls_version(), connection.backend_pid(),
                                (before + after) / 2, after - before};
  for (Check& row : judge(facts, session, settings)) report.add(std::move(row));
}

}  // namespace

std::span<const std::string_view> check_ids() { return kIds; }

base::CheckReport check(const config::Settings& settings, const base::Interrupt* interrupt,
                        const DeepOptions* deep) {
  base::CheckReport report;
  report.target = "PostgreSQL at " + settings.database.url.redacted();
  ConnectTrace trace;
  ConnectOptions options;
  options.application_name = "bigocean check-db";
  options.timeout = settings.database.connect_timeout;
  options.interrupt = interrupt;
  options.trace = &trace;
  // Errors of the files are reported after those of the connection.
  auto files = std::async(std::launch::deferred, [&] {
    return migrate::has_no_files(settings) ? std::vector<migrate::Migration>{}
                                           : migrate::configured_migrations(settings);
  });
  options.meanwhile = [&] { files.wait(); };
  try {
    Connection connection = Connection::connect(settings.database.url, options);
    add_connection(report, connection, trace);
    report.connected = true;
    add_answers(report, connection, settings, deep == nullptr ? FactLocks::kUsual : FactLocks::kAccessShare);
    if (migrate::has_no_files(settings)) {
      report.add({"migrations",
                  CheckLevel::kSkipped,
                  "no folder of migrations is set",
                  {},
                  "set BIGOCEAN_MIGRATE_DIR, or migrate.dir in bigocean.toml",
                  {}});
    } else {
      report.add(migrations_row(connection, files.get(), settings.migrate));
    }
    if (deep != nullptr) {
      for (Check& row : deep_check(connection, *deep)) report.add(std::move(row));
    }
  } catch (const ConnectError& error) {
    if (error.code != base::ExitCode::kUnreachable) throw;
    add_failed_connection(report, error, trace, settings);
  } catch (const ConnectionLost& error) {
    report.connected = false;
    report.add({"session", CheckLevel::kFail, error.message, {}, error.hint, {}, true});
  } catch (const SqlError& error) {
    const bool timed_out = error.sqlstate == "57014";
    report.add({"session",
                CheckLevel::kFail,
                error.message,
                {},
                timed_out ? "look for what keeps the server busy in pg_stat_activity; "
                            "--statement-timeout and the role's own statement_timeout set the limit"
                          : error.hint,
                {},
                timed_out});
  }
  return report;
}

}  // namespace bigocean::sql
