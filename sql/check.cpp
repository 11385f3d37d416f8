// Is this PostgreSQL fit for the service and its migrations? Connecting by stages, then asking.
#include "sql/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/status.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::microseconds;

struct StageRow {
  ConnectStage stage;
  std::string_view id;
};

constexpr StageRow kStages[] = {{ConnectStage::kResolve, "resolve"},
                                {ConnectStage::kTcp, "tcp"},
                                {ConnectStage::kTls, "tls"},
                                {ConnectStage::kAuthentication, "authentication"},
                                {ConnectStage::kDatabase, "database"}};

microseconds system_now() {
  return std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

/// The message, and what each address said where several were tried (`detail` has one a line).
std::string observed_of(const ConnectError& error) {
  if (std::ranges::count(error.detail, '\n') < 2) return error.message;
  return error.message + "; tried " + error.detail.substr(0, error.detail.size() - 1);
}

/// One row a stage: ok before the one that failed, "not reached" after it.
void add_failed_connection(base::CheckReport& report, const ConnectError& error, microseconds elapsed) {
  for (const auto& [stage, id] : kStages) {
    if (stage < error.stage) {
      report.add({std::string(id), CheckLevel::kOk, "passed", {}, {}, {}});
    } else if (stage == error.stage) {
      report.add(
          {std::string(id), CheckLevel::kFail, observed_of(error), {}, error.hint, elapsed, error.can_heal});
    } else {
      report.add({std::string(id), CheckLevel::kSkipped, "not reached", {}, {}, {}});
    }
  }
}

void add_connection(base::CheckReport& report, const Connection& connection, microseconds elapsed) {
  for (const auto& [stage, id] : kStages) {
    std::string seen = "passed";
    std::optional<microseconds> time;
    if (stage == ConnectStage::kTcp) {
      seen = connection.host().starts_with('/') ? "unix socket in " + connection.host()
                                                : fmt::format("{}:{}", connection.host(), connection.port());
    } else if (stage == ConnectStage::kTls) {
      seen = connection.is_encrypted() ? "encrypted" : "not used";
    } else if (stage == ConnectStage::kAuthentication) {
      seen = "user " + connection.user();
    } else if (stage == ConnectStage::kDatabase) {
      seen = connection.database();
      time = elapsed;
    }
    report.add({std::string(id), CheckLevel::kOk, seen, {}, {}, time});
  }
}

/// The schema's state as `migrate status` sees it. Pending files are no failure here: the check runs before
/// the first migrate.
Check migrations_row(Connection& connection, const config::Settings& settings) {
  Check row{"migrations", CheckLevel::kOk, {}, {}, {}, {}};
  try {
    const migrate::SchemaState state = migrate::schema_state(connection, settings);
    row.observed = state.text;
    if (state.edited > 0) {
      row.level = CheckLevel::kFail;
      row.remedy = "bigocean migrate status names the files and what to do about each";
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

}  // namespace

base::CheckReport check(const config::Secret& url, const config::Settings& settings,
                        const base::Interrupt* interrupt, const CheckThresholds& thresholds) {
  base::CheckReport report;
  report.target = "PostgreSQL at " + url.redacted();
  ConnectOptions options;
  options.application_name = "bigocean check-db";
  options.timeout = settings.database.connect_timeout;
  options.interrupt = interrupt;
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
  };
  try {
    Connection connection = Connection::connect(url, options);
    add_connection(report, connection, elapsed());
    report.connected = true;
    const microseconds before = system_now();
    const Facts facts = read_facts(connection, settings, thresholds);
    const SessionFacts session = {connection.host(), connection.is_encrypted(), connection.backend_pid(),
                                  (before + system_now()) / 2};
    for (Check& row : judge(facts, session, settings, thresholds)) report.add(std::move(row));
    report.add(migrations_row(connection, settings));
  } catch (const ConnectError& error) {
    if (error.code != base::ExitCode::kUnreachable) throw;
    add_failed_connection(report, error, elapsed());
  } catch (const ConnectionLost& error) {
    report.connected = false;
    report.add({"session", CheckLevel::kFail, error.message, {}, error.hint, {}, true});
  } catch (const SqlError& error) {
    report.add({"facts", CheckLevel::kFail, error.message, {}, error.hint, {}, error.sqlstate == "57014"});
  }
  return report;
}

}  // namespace bigocean::sql
