// The facts that check-db judges, and the names of the objects that it finds.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "sql/check/check.hpp"
#include "sql/check/questions.hpp"

namespace bigocean::sql {
namespace {

constexpr int kPostgres15 = 150000;

// A session that has just begun knows no function, no operator and no catalogue: each that a statement names
// costs it more than the rows that come of it. So the first message asks plainly, in statements of their own,
// and what can be compared here is compared here.

/// The first statement's columns. Everything here may be read by every role. {schema} is the history's
/// schema.
struct Fact {
  std::string_view name;
  std::string_view sql;
};

constexpr Fact kFacts[] = {
    {"version", "current_setting('server_version')"},
    {"encoding", "current_setting('server_encoding')"},
    {"server_now", "(extract(epoch from clock_timestamp()) * 1000000)::bigint"},
    {"in_recovery", "pg_is_in_recovery()"},
    {"read_only", "current_setting('transaction_read_only') = 'on'"},
    {"database", "current_catalog"},
    {"user", "current_user"},
    {"search_path", "current_setting('search_path')"},
    {"schema", "current_schema"},
    {"schema_create", "has_schema_privilege(current_schema, 'CREATE')"},
    {"history_exists", "to_regnamespace({schema}) IS NOT NULL"},
    {"history_create",
     "CASE WHEN to_regnamespace({schema}) IS NULL THEN has_database_privilege(current_catalog, 'CREATE')"
     " ELSE has_schema_privilege(to_regnamespace({schema})::oid, 'CREATE') END"},
    {"backend_pid", "pg_backend_pid()"},
    {"connections_max", "current_setting('max_connections')"},
    {"reserved_for_superusers", "current_setting('superuser_reserved_connections')"},
    {"reserved_for_roles", "current_setting('reserved_connections', true)"},  // from PostgreSQL 16 on
    {"sees_sessions", "pg_has_role('pg_read_all_stats', 'USAGE')"},
    {"wal_level", "current_setting('wal_level')"},
    {"archive_mode", "current_setting('archive_mode')"},
    {"standby_names", "current_setting('synchronous_standby_names')"},
    {"size", "pg_database_size(current_catalog)"},
    {"time_zone", "current_setting('TimeZone')"},
    // Shown as noon, in any DateStyle, if the zone has no offset.
    {"noon_in_winter", "timestamptz '2024-01-01 12:00Z'"},
    {"noon_in_summer", "timestamptz '2024-07-01 12:00Z'"},
};

/// The second one; {collation} is the two columns that PostgreSQL has from 15 on.
constexpr std::string_view kDatabases =
    "SELECT datname, datconnlimit, pg_stat_get_db_numbackends(oid), age(datfrozenxid), {collation}"
    " FROM pg_database";
constexpr std::string_view kCollation =
    "datcollversion,"
    " CASE WHEN datname = current_catalog THEN pg_database_collation_actual_version(oid) END";

/// The third one: where each sequence stands, if this role may know.
constexpr std::string_view kSequences =
    "SELECT seqincrement, seqmin, seqmax, has_sequence_privilege(seqrelid, '{sequence_right}'), seqcycle,"
    " CASE WHEN has_sequence_privilege(seqrelid, '{sequence_right}') THEN {last_value} END"
    " FROM pg_sequence";

/// The rest: facts by the names of their columns. Where one has the name of a question, t in any row says
/// that the question is worth asking. {idle} … are thresholds.
constexpr std::string_view kSigns[] = {
    "SELECT state LIKE 'idle in transaction%' AND state_change <= now() - interval '{idle} ms'"
    " AS idle_in_transaction, xact_start <= now() - interval '{transaction} ms' AND pid <> pg_backend_pid()"
    " AS long_transactions FROM pg_stat_get_activity(NULL)",
    "SELECT true AS prepared_transactions FROM pg_prepared_xact() LIMIT 1",
    "SELECT true AS invalid_indexes FROM pg_index WHERE NOT indisvalid LIMIT 1",
    "SELECT true AS not_valid_constraints FROM pg_constraint WHERE NOT convalidated LIMIT 1",
    "SELECT true AS replication_slots FROM pg_get_replication_slots() WHERE NOT active LIMIT 1",
};

/// Not asked for a superuser, who owns everything and has no limit of connections.
constexpr std::string_view kSignsOfRoles[] = {
    "SELECT rolconnlimit AS role_limit, (SELECT count(*) FROM pg_stat_get_activity(NULL)"
    " WHERE usesysid = r.oid) AS role_used FROM pg_roles r WHERE rolname = current_user",
    "SELECT true AS ownership FROM pg_class WHERE relkind IN ('r', 'p') AND NOT pg_has_role(relowner, "
    "'USAGE')"
    " AND relnamespace IN (to_regnamespace(quote_ident(current_schema)), to_regnamespace({schema})) LIMIT 1",
};

/// What is asked only where logical replication is expected.
constexpr std::string_view kReplication =
    "SELECT current_setting('max_replication_slots') AS max_replication_slots,"
    " (SELECT count(*) FROM pg_get_replication_slots()) AS replication_slots_used,"
    " current_setting('max_wal_senders') AS max_wal_senders,"
    " (SELECT count(*) FROM pg_stat_get_wal_senders()) AS wal_senders_used";

/// Puts the values into a text with {names}.
using Fill = std::function<std::string(std::string_view)>;

std::string first_sql(const Fill& fill, bool superuser, bool replication) {
  std::string sql;
  for (const Fact& fact : kFacts)
    sql += fmt::format("{} {} AS \"{}\"", sql.empty() ? "SELECT" : ",", fill(fact.sql), fact.name);
  sql += fmt::format(";{};{}", fill(kDatabases), fill(kSequences));
  for (const auto sign : kSigns) sql += ";" + fill(sign);
  if (replication) sql += fmt::format(";{}", kReplication);
  if (superuser) return sql;
  for (const auto sign : kSignsOfRoles) sql += ";" + fill(sign);
  return sql;
}

/// Empty when nothing is to be asked.
std::string findings_sql(const Fill& fill, const Facts::Values& facts) {
  std::string sql;
  for (const Question& question : check_questions()) {
    const auto found = facts.find(question.id);
    if (found == facts.end() || found->second != "t") continue;
    sql += fmt::format("{}SELECT '{}', {}, {} FROM {}", sql.empty() ? "" : "\nUNION ALL ", question.id,
                       fill(question.object), fill(question.remedy), fill(question.from));
  }
  return sql;
}

std::string yes_or_no(bool yes) { return yes ? "t" : "f"; }

/// By the columns' names; a t stays.
void take_rows(const Rows& answer, Facts::Values& values) {
  for (const auto& row : answer.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto& value = values[answer.columns[i]];
      if (value != "t") value = row[i].value_or("");
    }
  }
}

void take_databases(const Rows& answer, bool with_collation, Facts::Values& values) {
  std::int64_t used = 0, oldest = 0;
  for (const auto& row : answer.rows) {
    used += std::stoll(row.at(2).value_or("0"));
    oldest = std::max<std::int64_t>(oldest, std::stoll(row.at(3).value_or("0")));
    if (row.at(0) != values["database"]) continue;
    values["database_limit"] = row.at(1).value_or("-1");
    values["database_used"] = row.at(2).value_or("0");
    if (!with_collation) continue;
    values["collation_was"] = row.at(4).value_or("");
    values["collation_is"] = row.at(5).value_or("");
    values["collation_changed"] = yes_or_no(row[4] != row[5]);
  }
  values["connections_used"] = std::to_string(used);
  values["transaction_id_age"] = std::to_string(oldest);
}

void take_sequences(const Rows& answer, std::int64_t percent_max, Facts::Values& values) {
  std::size_t hidden = 0;
  bool near_end = false;
  for (std::size_t i = 0; i < answer.rows.size(); ++i) {
    if (answer.at(i, 3) != "t") ++hidden;
    if (answer.at(i, 4) == "t" || !answer.rows[i][5]) continue;  // comes round again, or was never used
    const bool up = answer.at(i, 0).front() != '-';
    const double lowest = std::stod(answer.at(i, 1)), highest = std::stod(answer.at(i, 2));
    const double passed = std::abs(std::stod(answer.at(i, 5)) - (up ? lowest : highest));
    near_end = near_end || 100 * passed >= static_cast<double>(percent_max) * (highest - lowest);
  }
  values["sequences_hidden"] = std::to_string(hidden);
  values["sequences"] = yes_or_no(near_end);
}

}  // namespace

std::string_view Facts::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : found->second;
}

std::int64_t Facts::number(std::string_view name) const {
  const std::string value(text(name));
  return value.empty() ? 0 : std::strtoll(value.c_str(), nullptr, 10);
}

std::vector<Finding> Facts::findings(std::string_view id) const {
  std::vector<Finding> found;
  for (const Finding& finding : findings_) {
    if (finding.id == id) found.push_back(finding);
  }
  return found;
}

std::string filled_question(std::string_view sql, const config::Settings& settings, const Filling& filling) {
  const auto& check = settings.check;
  return fmt::format(
      fmt::runtime(sql), fmt::arg("schema", filling.schema), fmt::arg("session", kSession),
      fmt::arg("end_session", kEndSession), fmt::arg("database", kDatabase),
      fmt::arg("index_remedy", kIndexRemedy),
      fmt::arg("collation", filling.with_collation ? kCollation : "NULL"),
      fmt::arg("last_value", filling.sequence.sql), fmt::arg("sequence_right", filling.sequence.right),
      fmt::arg("idle", check.idle_in_transaction.count()),
      fmt::arg("transaction", check.long_transaction.count()),
      fmt::arg("prepared", check.prepared_transaction.count()),
      fmt::arg("sequence", check.sequence_percent_max), fmt::arg("slot", check.slot_wal_bytes_max));
}

Facts read_facts(Connection& connection, const config::Settings& settings, FactLocks locks) {
  Filling filling;
  filling.with_collation = connection.server_version() >= kPostgres15;
  filling.schema = connection.quote_literal(connection.quote_identifier(settings.migrate.schema));
  if (locks == FactLocks::kAccessShare)
    filling.sequence = sequence_value_without_lock(connection.server_version());
  const Fill fill = [&](std::string_view sql) { return filled_question(sql, settings, filling); };
  Connection::Limits limits;
  limits.timeout = settings.database.statement_timeout;
  const bool superuser = connection.parameter("is_superuser") == "on";
  const auto ask = [&] {
    return connection.execute_all(first_sql(fill, superuser, settings.check.logical_replication), limits);
  };
  std::vector<Rows> answers;
  try {
    answers = ask();
  } catch (const SqlError& error) {
    if (locks == FactLocks::kUsual || error.sqlstate != "0A000") throw;
    filling.sequence = kSequenceValue;  // a server that was built without XML
    answers = ask();
  }
  Facts::Values values = {{"role_limit", "-1"}};
  take_rows(answers.at(0), values);
  take_databases(answers.at(1), filling.with_collation, values);
  take_sequences(answers.at(2), settings.check.sequence_percent_max, values);
  for (const Rows& answer : std::span(answers).subspan(3)) take_rows(answer, values);
  const auto is_noon = [&](const char* name) { return values[name].find(" 12:00:00") != std::string::npos; };
  values["archiving"] = yes_or_no(!values["archive_mode"].empty() && values["archive_mode"] != "off");
  values["synchronous_standby"] = yes_or_no(!values["standby_names"].empty());
  values["time_zone_utc"] = yes_or_no(is_noon("noon_in_winter") && is_noon("noon_in_summer"));
  std::vector<Finding> findings;
  if (const auto sql = findings_sql(fill, values); !sql.empty()) {
    for (const auto& row : connection.execute(sql, limits).rows) {
      findings.push_back({row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")});
    }
  }
  return Facts(std::move(values), std::move(findings));
}

}  // namespace bigocean::sql
