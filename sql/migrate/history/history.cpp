// What the database knows about the migrations: the history tables, their layout and its upgrades.
#include "sql/migrate/history/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/version.hpp"
#include "sql/migrate/history/lock_key.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::chrono::milliseconds kHistoryTimeout{30'000};

/// Nothing for a state that this version does not know.
std::optional<RowState> parse_state(std::string_view text) {
  for (const auto state : {RowState::kApplied, RowState::kRunning, RowState::kReverting}) {
    if (text == row_state_name(state)) return state;
  }
  return std::nullopt;
}

/// "bigocean history layout 2" → 2
int parse_layout(const std::optional<std::string>& comment) {
  const auto at = comment ? comment->find("layout ") : std::string::npos;
  return at == std::string::npos ? 1 : std::atoi(comment->c_str() + at + 7);
}

using CopiedRow = std::array<std::string, 3>;

/// A field of COPY's text format: a backslash stands before a letter that means another.
std::string unescaped(std::string_view field) {
  constexpr std::string_view kLetters = "bfnrtv", kMeant = "\b\f\n\r\t\v";
  std::string text;
  for (auto slash = field.find('\\'); slash != field.npos; slash = field.find('\\')) {
    if (slash + 1 == field.size()) break;
    text += field.substr(0, slash);
    const auto meant = kLetters.find(field[slash + 1]);
    text += meant == kLetters.npos ? field[slash + 1] : kMeant[meant];
    field.remove_prefix(slash + 2);
  }
  return text += field;
}

/// Tabs between fields, a line feed behind each row.
std::vector<CopiedRow> parse_copied(std::string_view data) {
  std::vector<CopiedRow> rows;
  rows.reserve(static_cast<std::size_t>(std::ranges::count(data, '\n')));
  while (!data.empty()) {
    auto line = data.substr(0, data.find('\n'));
    data.remove_prefix(std::min(line.size() + 1, data.size()));
    for (auto& field : rows.emplace_back()) {
      const auto text = line.substr(0, line.find('\t'));
      line.remove_prefix(std::min(text.size() + 1, line.size()));
      field = unescaped(text);
    }
  }
  return rows;
}

std::vector<HistoryRow> to_rows(std::vector<CopiedRow> copied) {
  std::vector<HistoryRow> rows;
  rows.reserve(copied.size());
  for (auto& [name, checksum, state] : copied)
    rows.push_back({std::move(name), std::move(checksum), parse_state(state).value_or(RowState::kApplied)});
  return rows;
}

}  // namespace

std::string_view row_state_name(RowState state) {
  switch (state) {
    case RowState::kRunning:
      return "running";
    case RowState::kReverting:
      return "reverting";
    case RowState::kApplied:
      break;
  }
  return "applied";
}

// Otherwise row-level security would hide rows from a role that is subject to it, and hidden migrations would
// run again. The setting ends with the message.
constexpr std::string_view kAllRows = "SET LOCAL row_security = off;";

std::string History::rows_sql() const {
  return fmt::format("{}COPY {} (name, checksum, state) TO STDOUT", kAllRows, table("migrations"));
}

bool History::is_applied(const std::string& name) const {
  const auto rows =
      read_rows(fmt::format("SELECT EXISTS (SELECT FROM {} WHERE name = {} AND state = 'applied')",
                            table("migrations"), literal(name)));
  return rows.at(0, 0) == "t";
}

History::History(Connection& connection, std::string schema)
    : connection_(connection), schema_(std::move(schema)), lock_key_(migrate::lock_key(schema_)) {}

std::string History::is_alone_sql() const { return migrate::is_alone_sql(lock_key_); }

std::string History::proven(std::string_view text) const {
  return fmt::format("CASE WHEN {} THEN {} END", is_alone_sql(), literal(text));
}

Rows History::read_rows(const std::string& sql) const {
  Connection::Limits limits;
  limits.timeout = kHistoryTimeout;
  return connection_.execute(std::string(kAllRows) + sql, limits);
}

std::string History::table(std::string_view name) const {
  return fmt::format("{}.{}", connection_.quote_identifier(schema_), name);
}

std::optional<std::vector<HistoryRow>> History::rows() {
  Connection::Limits limits;
  limits.timeout = kHistoryTimeout;
  try {
    std::string data;
    connection_.execute_all(rows_sql(), limits, &data);
    auto copied = parse_copied(data);
    const bool understood =
        std::ranges::all_of(copied, [](const auto& row) { return parse_state(row[2]).has_value(); });
    return understood ? std::optional(to_rows(std::move(copied))) : std::nullopt;
  } catch (const SqlError&) {
    return std::nullopt;
  }
}

Snapshot History::read() {
  const std::string facts = fmt::format(
      "SELECT pg_catalog.pg_backend_pid(), pg_catalog.to_regnamespace({0}) IS NOT NULL,"
      " pg_catalog.to_regclass({1}) IS NOT NULL,"
      " pg_catalog.obj_description(pg_catalog.to_regclass({1}), 'pg_class'),"
      " pg_catalog.current_setting('transaction_read_only') = 'on';",
      literal(connection_.quote_identifier(schema_)), literal(table("migrations")));
  Connection::Limits limits;
  limits.timeout = kHistoryTimeout;
  std::vector<Rows> answers;  // of the facts first
  std::string data;
  try {
    answers = connection_.execute_all(facts + rows_sql(), limits, &data);
  } catch (SqlError& error) {
    if (error.sqlstate == "42501") {
      error.hint = fmt::format(
          "connect as the role that ran the earlier migrations; or, as that role, GRANT SELECT ON {0} TO "
          "{1}; and, where"
          " row-level security hides rows from this role, ALTER TABLE {0} DISABLE ROW LEVEL SECURITY;",
          table("migrations"), connection_.quote_identifier(connection_.user()));
      throw;
    }
    if (error.sqlstate != "42P01" && error.sqlstate != "3F000") throw;
    answers = connection_.execute_all(facts, limits);  // no history yet
  }
  Snapshot snapshot;
  snapshot.pooler = answers.at(0).at(0, 0) != std::to_string(connection_.backend_pid());
  snapshot.schema_exists = answers[0].at(0, 1) == "t";
  if (answers[0].at(0, 2) == "t") snapshot.layout = parse_layout(answers[0].rows[0][3]);
  snapshot.read_only = answers[0].at(0, 4) == "t";
  snapshot.rows = to_rows(parse_copied(data));
  return snapshot;
}

void History::prepare(const Snapshot& snapshot) {
  if (snapshot.layout >= kHistoryLayout) return;
  std::string sql = "BEGIN;";
  // CREATE SCHEMA IF NOT EXISTS asks for a privilege on the database even where the schema exists.
  if (!snapshot.schema_exists) sql += fmt::format("CREATE SCHEMA {};", connection_.quote_identifier(schema_));
  if (snapshot.layout == 0) {
    sql += fmt::format(
        "CREATE TABLE {} (name text PRIMARY KEY, checksum text NOT NULL,"
        " state text NOT NULL DEFAULT 'applied' CHECK (state IN ('applied', 'running', 'reverting')),"
        " applied_at timestamptz NOT NULL DEFAULT pg_catalog.now(),"
        " duration_ms double precision, applied_by text NOT NULL DEFAULT session_user);",
        table("migrations"));
  }
  // Layout 2 came with the engine: who ran it, the text as applied, the journal and the audit.
  sql += fmt::format(
      "ALTER TABLE {0} ADD COLUMN app_version text, ADD COLUMN git_commit text,"
      " ADD COLUMN how text NOT NULL DEFAULT 'up', ADD COLUMN ordinal bigint GENERATED ALWAYS AS IDENTITY;"
      "CREATE TABLE {1} (name text NOT NULL, part integer NOT NULL, body text NOT NULL, PRIMARY KEY (name, "
      "part));"
      "CREATE TABLE {2} (name text NOT NULL, ordinal integer NOT NULL, prefix_hash text NOT NULL,"
      " done boolean NOT NULL, before text NOT NULL DEFAULT '', at timestamptz NOT NULL DEFAULT "
      "pg_catalog.now(),"
      " PRIMARY KEY (name, ordinal));"
      "CREATE TABLE {3} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,"
      " action text NOT NULL, reason text NOT NULL, checksum_before text NOT NULL, checksum_after text NOT "
      "NULL,"
      " who text NOT NULL DEFAULT session_user, app_version text NOT NULL,"
      " at timestamptz NOT NULL DEFAULT pg_catalog.now());"
      "COMMENT ON TABLE {0} IS 'bigocean history layout {4}'; COMMIT",
      table("migrations"), table("migration_texts"), table("migration_steps"), table("migration_events"),
      kHistoryLayout);
  Connection::Limits limits;
  limits.timeout = kHistoryTimeout;
  try {
    connection_.execute(sql, limits);
  } catch (SqlError& error) {
    connection_.execute("ROLLBACK", limits);
    error.message = fmt::format("cannot create the history tables in schema {}: {}", schema_, error.message);
    if (error.sqlstate == "42501") {
      error.hint = fmt::format(
          "GRANT CREATE ON DATABASE \"{}\" TO \"{}\", or name with --schema a schema in which this role may "
          "create tables",
          connection_.database(), connection_.user());
    }
    throw;
  }
}

std::string History::record_sql(const Migration& migration, RowState state, std::string_view how) const {
  return fmt::format(
      "INSERT INTO {} (name, checksum, state, applied_at, duration_ms, app_version, git_commit, how) VALUES"
      " ({}, {}, '{}', pg_catalog.clock_timestamp(),"
      " 1000 * pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.now()), {}, {}, "
      "'{}');",
      table("migrations"), literal(migration.name), proven(migration.checksum), row_state_name(state),
      literal(base::version()), literal(base::git_commit()), how);
}

std::string History::text_sql(const std::string& name, std::string_view text) const {
  return fmt::format("INSERT INTO {} VALUES ({}, 0, {});", table("migration_texts"), literal(name),
                     literal(text));
}

sql::Query History::text_part(const std::string& name, std::size_t part, std::string_view text) const {
  return {fmt::format("INSERT INTO {} VALUES ($1, $2, $3)", table("migration_texts")),
          {name, std::to_string(part), std::string(text)}};
}

std::string History::renew_text_sql(const Migration& migration) const {
  return fmt::format("UPDATE {} SET checksum = {} WHERE name = {};DELETE FROM {} WHERE name = {};",
                     table("migrations"), proven(migration.checksum), literal(migration.name),
                     table("migration_texts"), literal(migration.name));
}

std::string History::forget_sql(const std::string& name) const {
  return fmt::format("DELETE FROM {0} WHERE name = {2} AND {3};DELETE FROM {1} WHERE name = {2} AND {3};",
                     table("migrations"), table("migration_texts"), literal(name), is_alone_sql());
}

std::string History::step_sql(const std::string& key, const Step& step) const {
  return fmt::format(
      "INSERT INTO {} (name, ordinal, prefix_hash, done, before) VALUES ({}, {}, {}, {}, {})"
      " ON CONFLICT (name, ordinal) DO UPDATE SET done = excluded.done, prefix_hash = excluded.prefix_hash,"
      " at = excluded.at;",
      table("migration_steps"), literal(key), step.ordinal, proven(step.prefix_hash), step.done,
      literal(step.before));
}

std::string History::event_sql(const std::string& name, std::string_view action, std::string_view reason,
                               std::string_view checksum_before, std::string_view checksum_after) const {
  return fmt::format(
      "INSERT INTO {} (name, action, reason, checksum_before, checksum_after, app_version) VALUES ({}, {}, "
      "{}, {}, {}, {});",
      table("migration_events"), literal(name), proven(action), literal(reason), literal(checksum_before),
      literal(checksum_after), literal(base::version()));
}

std::string History::started_sql(const std::vector<const Migration*>& migrations) const {
  std::string values;
  for (const auto* migration : migrations) {
    values +=
        fmt::format("{}({}, {}, '', '', '{}', {})", values.empty() ? "" : ", ", literal(migration->name),
                    proven("started"), migration->checksum, literal(base::version()));
  }
  return fmt::format(
      "INSERT INTO {} (name, action, reason, checksum_before, checksum_after, app_version) VALUES {};",
      table("migration_events"), values);
}

std::set<std::pair<std::string, std::string>> History::started() {
  const auto rows = read_rows(
      fmt::format("SELECT DISTINCT e.name, e.checksum_after FROM {0} e WHERE e.action = 'started'"
                  " AND NOT EXISTS (SELECT FROM {1} m WHERE m.name = e.name AND m.state = 'applied')"
                  " AND NOT EXISTS (SELECT FROM {0} d WHERE d.name = e.name AND d.id > e.id"
                  " AND d.action IN ('down', 'forget'))",
                  table("migration_events"), table("migrations")));
  std::set<std::pair<std::string, std::string>> started;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) started.emplace(rows.at(i, 0), rows.at(i, 1));
  return started;
}

std::string History::finish_sql(const std::string& name, const std::string& key) const {
  return fmt::format(
      "UPDATE {} SET state = {}, duration_ms = 1000 * pg_catalog.date_part('epoch',"
      " pg_catalog.clock_timestamp() - applied_at), applied_at = pg_catalog.clock_timestamp() WHERE name = "
      "{};{}",
      table("migrations"), proven(row_state_name(RowState::kApplied)), literal(name), clear_steps_sql(key));
}

std::string History::unbegin_step_sql(const std::string& key, int ordinal) const {
  return fmt::format("DELETE FROM {} WHERE name = {} AND ordinal = {} AND {};", table("migration_steps"),
                     literal(key), ordinal, is_alone_sql());
}

std::string History::clear_steps_sql(const std::string& key) const {
  return fmt::format("DELETE FROM {} WHERE name = {};", table("migration_steps"), literal(key));
}

std::string History::set_state_sql(const std::string& name, RowState state) const {
  return fmt::format("UPDATE {} SET state = {} WHERE name = {};", table("migrations"),
                     proven(row_state_name(state)), literal(name));
}

std::string History::newest_sql() const {
  // What an older layout lacks is read as JSON.
  return fmt::format(
      "{}SELECT name, pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC',"
      " coalesce(pg_catalog.to_jsonb(m) ->> 'app_version', '(version not recorded)') FROM {} m"
      " ORDER BY applied_at DESC, name DESC LIMIT 1",
      kAllRows, table("migrations"));
}

std::vector<HistoryEntry> History::latest(std::size_t count, std::chrono::milliseconds timeout) const {
  // What an older layout lacks is read as JSON.
  const auto sql = fmt::format(
      "{}SELECT name, state,"
      " pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
      " coalesce(duration_ms::text, ''), applied_by, coalesce(pg_catalog.to_jsonb(m) ->> 'app_version', ''),"
      " coalesce(pg_catalog.to_jsonb(m) ->> 'git_commit', ''), coalesce(pg_catalog.to_jsonb(m) ->> 'how', '')"
      " FROM {} m ORDER BY applied_at DESC, name DESC LIMIT {}",
      kAllRows, table("migrations"), count);
  Connection::Limits limits;
  limits.timeout = timeout;
  Rows rows;
  try {
    rows = connection_.execute(sql, limits);
  } catch (const SqlError& error) {
    if (error.sqlstate != "42P01" && error.sqlstate != "3F000") throw;
    return {};
  }
  std::vector<HistoryEntry> entries;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    entries.push_back({rows.at(i, 0), rows.at(i, 1), rows.at(i, 2), rows.at(i, 3), rows.at(i, 4),
                       rows.at(i, 5), rows.at(i, 6), rows.at(i, 7)});
  }
  return entries;
}

std::string History::is_missing_sql() const {
  return fmt::format("pg_catalog.to_regclass({}) IS NULL", literal(table("migrations")));
}

std::vector<Step> History::steps(const std::string& key) {
  const auto rows = read_rows(
      fmt::format("SELECT ordinal, prefix_hash, done, before FROM {} WHERE name = {} ORDER BY ordinal",
                  table("migration_steps"), literal(key)));
  std::vector<Step> steps;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    steps.push_back({std::stoi(rows.at(i, 0)), rows.at(i, 1), rows.at(i, 2) == "t", rows.at(i, 3)});
  }
  return steps;
}

std::optional<std::string> History::text(const std::string& name) {
  Rows rows;
  try {
    rows = read_rows(fmt::format("SELECT body FROM {} WHERE name = {} ORDER BY part",
                                 table("migration_texts"), literal(name)));
  } catch (const SqlError& error) {
    if (error.sqlstate != "42P01") throw;  // layout 1 kept no texts
  }
  if (rows.rows.empty()) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) text += rows.at(i, 0);
  return text;
}

}  // namespace bigocean::sql::migrate
