// check-db --deep: the questions, asked one by one.
#include "sql/check/deep/deep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kPostgres17 = 170000;

/// How long a question waits for a table that somebody else has locked.
constexpr milliseconds kDeepLockWait{200};

/// This side waits a little longer than the server, whose own error says more.
constexpr milliseconds kDeepGrace{1000};

/// Objects below it were made by initdb.
constexpr std::string_view kOurs =
    "(t.oid >= 16384 AND t.relpersistence <> 't' AND NOT EXISTS (SELECT FROM pg_depend e\n"
    "    WHERE e.classid = 'pg_class'::regclass AND e.objid = t.oid AND e.deptype = 'e'))";

/// What decides how a question is written, and whether it can be asked at all.
struct DeepServer {
  bool checkpointer = true;                                     ///< counts checkpoints: from PostgreSQL 17 on
  bool installed = true;                                        ///< pg_stat_statements is, in this database
  std::string statements = "pg_stat_statements";                ///< with its schema
  std::string install = "CREATE EXTENSION pg_stat_statements";  ///< what makes it so
  std::string role;                                             ///< as SQL writes it
  milliseconds timeout{};
};

/// For a literal: the settings that it names have quotes.
std::string doubled(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out;
}

/// The statements that install pg_stat_statements, beside the libraries that are loaded already.
std::string install_statements(std::string_view libraries) {
  constexpr std::string_view kLibrary = "pg_stat_statements";
  const std::string extension = fmt::format("CREATE EXTENSION {}", kLibrary);
  std::string list;
  for (const auto library : base::comma_list(libraries)) {
    if (library == kLibrary) return extension;
    list += fmt::format("'{}', ", library);
  }
  return fmt::format("ALTER SYSTEM SET shared_preload_libraries = {}'{}' /* then restart the server */; {}",
                     list, kLibrary, extension);
}

std::string question_sql(const DeepRow& row, const base::Threshold& threshold, const DeepServer& server) {
  return fmt::format(
      fmt::runtime(row.sql), fmt::arg("limit", threshold.limit), fmt::arg("floor", threshold.floor),
      fmt::arg("ours", kOurs), fmt::arg("statements", server.statements),
      fmt::arg("installed", server.installed),
      fmt::arg("install", fmt::format("'{}'", doubled(server.install))),
      fmt::arg("timed", server.checkpointer ? "pg_stat_get_checkpointer_num_timed"
                                            : "pg_stat_get_bgwriter_timed_checkpoints"),
      fmt::arg("requested", server.checkpointer ? "pg_stat_get_checkpointer_num_requested"
                                                : "pg_stat_get_bgwriter_requested_checkpoints"));
}

/// A role's own limit for statements stays where it is stricter.
DeepServer server_of(Connection& connection, const DeepOptions& options) {
  DeepServer server;
  server.checkpointer = connection.server_version() >= kPostgres17;
  Connection::Limits limits;
  limits.timeout = options.timeout;
  const Rows rows = connection.execute(
      "SELECT round(extract(epoch FROM current_setting('statement_timeout')::interval) * 1000)::int8,"
      " quote_ident(current_user), (SELECT format('%I.pg_stat_statements', extnamespace::regnamespace) FROM "
      "pg_extension"
      " WHERE extname = 'pg_stat_statements'),"
      " CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN"
      " (SELECT setting FROM pg_show_all_settings() WHERE name = 'shared_preload_libraries') END",
      limits);
  const milliseconds own{std::stoll(rows.at(0, 0))};
  server.timeout = own.count() > 0 ? std::min(own, options.timeout) : options.timeout;
  server.role = rows.at(0, 1);
  server.installed = rows.rows[0][2].has_value();
  server.statements = rows.rows[0][2].value_or(server.statements);
  server.install = install_statements(rows.rows[0][3].value_or(""));
  return server;
}

base::DeepAnswer skipped(std::string why, std::string remedy) {
  return {CheckLevel::kSkipped, std::move(why), std::nullopt, std::move(remedy)};
}

base::DeepAnswer unanswered(const SqlError& error, const DeepRow& row, const DeepServer& server) {
  if (error.sqlstate == "42501")  // insufficient_privilege
    return skipped("this role may not ask: " + error.server_message,
                   row.grant.empty() ? "ask once as a superuser"
                                     : fmt::format("GRANT {} TO {}", row.grant, server.role));
  if (error.sqlstate == "57014")  // query_canceled
    return skipped(fmt::format("the question took longer than {}", base::format_duration(server.timeout)),
                   "--statement-timeout gives it more time");
  if (error.sqlstate == "55P03")  // lock_not_available
    return skipped("a table that it reads is locked by another session", "ask again later");
  if (error.sqlstate == "55000" && row.needs_statements)  // its library is not loaded
    return skipped(error.server_message, server.install);
  return skipped(error.message, error.hint);
}

CheckLevel level_of(const std::string& name) {
  for (const CheckLevel level : {CheckLevel::kOk, CheckLevel::kInfo, CheckLevel::kWarn}) {
    if (base::check_level_name(level) == name) return level;
  }
  return CheckLevel::kSkipped;
}

std::vector<base::DeepAnswer> answers_of(const Rows& rows) {
  std::vector<base::DeepAnswer> answers;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const auto& figure = rows.rows[i][2];
    answers.push_back({level_of(rows.at(i, 0)), rows.rows[i][1].value_or("unknown"),
                       figure ? std::optional(std::stod(*figure)) : std::nullopt,
                       rows.rows[i][3].value_or("")});
  }
  return answers;
}

/// The settings are those of this transaction alone: behind a pooler the next one is somebody else's.
std::vector<base::DeepAnswer> ask(Connection& connection, const DeepRow& row,
                                  const base::Threshold& threshold, const DeepServer& server) {
  if (row.needs_statements && !server.installed)
    return {skipped("pg_stat_statements is not installed in this database", server.install)};
  Connection::Limits limits;
  limits.timeout = server.timeout + kDeepGrace;
  try {
    const auto results = connection.execute_all(
        fmt::format("BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {};"
                    " SET LOCAL jit = off; {}; COMMIT",
                    server.timeout.count(), kDeepLockWait.count(), question_sql(row, threshold, server)),
        limits);
    return answers_of(results.at(4));
  } catch (const SqlError& error) {
    if (connection.in_transaction()) connection.execute("ROLLBACK", limits);
    return {unanswered(error, row, server)};
  }
}

}  // namespace

std::vector<const DeepRow*> deep_rows() {
  std::vector<const DeepRow*> rows;
  for (const auto& group : {deep_index_rows(), deep_bloat_rows(), deep_table_rows(), deep_activity_rows(),
                            deep_server_rows(), deep_settings_rows()}) {
    for (const DeepRow& row : group) rows.push_back(&row);
  }
  return rows;
}

std::vector<std::string_view> deep_check_ids() {
  std::vector<std::string_view> ids;
  for (const DeepRow* row : deep_rows()) ids.push_back(row->id);
  return ids;
}

std::vector<Check> deep_check(Connection& connection, const DeepOptions& options) {
  std::vector<Check> rows;
  const DeepServer server = server_of(connection, options);
  for (const DeepRow* row : deep_rows()) {
    if (!options.only.empty() && std::ranges::find(options.only, row->id) == options.only.end()) continue;
    const base::Threshold threshold = base::threshold_for(row->id, row->threshold, options.thresholds);
    const auto before = Clock::now();
    auto answers = ask(connection, *row, threshold, server);
    rows.push_back(base::deep_row(row->id, threshold, std::move(answers)));
    rows.back().elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before);
  }
  return rows;
}

std::optional<base::Explanation> explain_deep_row(std::string_view id, const base::GivenThresholds& given) {
  const auto rows = deep_rows();
  const auto found = std::ranges::find(rows, id, &DeepRow::id);
  if (found == rows.end()) return {};
  const DeepRow& row = **found;
  const base::Threshold threshold = base::threshold_for(id, row.threshold, given);
  base::Explanation explained{std::string(id),
                              std::string(row.why),
                              base::threshold_text(threshold),
                              std::string(threshold.source),
                              std::string(row.remedy),
                              base::threshold_words(id, threshold),
                              {}};
  DeepServer server;
  if (row.sql.find("{timed}") == std::string_view::npos) {
    explained.questions.emplace_back("", question_sql(row, threshold, server));
    return explained;
  }
  explained.questions.emplace_back("from PostgreSQL 17 on", question_sql(row, threshold, server));
  server.checkpointer = false;
  explained.questions.emplace_back("before PostgreSQL 17", question_sql(row, threshold, server));
  return explained;
}

}  // namespace bigocean::sql
