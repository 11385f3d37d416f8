// The facts that check-db judges, and the names of what it finds amiss.
#include <fmt/format.h>

#include <functional>

#include "sql/check.hpp"

namespace bigocean::sql {
namespace {

constexpr int kPostgres15 = 150000;

/// Everything here may be read by every role. {schema} is the history's schema.
struct Fact {
  std::string_view name;
  std::string_view sql;
  int version_min = 0;
};

constexpr Fact kFacts[] = {
    {"version", "current_setting('server_version')"},
    {"encoding", "pg_encoding_to_char(d.encoding)"},
    {"server_now", "(extract(epoch from clock_timestamp()) * 1000000)::bigint"},
    {"in_recovery", "pg_is_in_recovery()"},
    {"read_only", "current_setting('transaction_read_only') = 'on'"},
    {"database", "current_database()"},
    {"user", "current_user"},
    {"search_path", "current_setting('search_path')"},
    {"schema", "current_schema()"},
    {"schema_create", "has_schema_privilege(current_schema(), 'CREATE')"},
    {"history_exists", "to_regnamespace({schema}) IS NOT NULL"},
    {"history_create",
     "CASE WHEN to_regnamespace({schema}) IS NULL THEN has_database_privilege(d.oid, 'CREATE')"
     " ELSE has_schema_privilege(to_regnamespace({schema})::oid, 'CREATE') END"},
    {"backend_pid", "pg_backend_pid()"},
    {"connections_max", "current_setting('max_connections')"},
    {"connections_reserved",
     "current_setting('superuser_reserved_connections')::int"
     " + coalesce(current_setting('reserved_connections', true), '0')::int"},
    {"connections_used", "(SELECT sum(pg_stat_get_db_numbackends(oid)) FROM pg_database)"},
    {"database_limit", "d.datconnlimit"},
    {"database_used", "pg_stat_get_db_numbackends(d.oid)"},
    {"role_limit", "(SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user)"},
    {"role_used", "(SELECT count(*) FROM pg_stat_get_activity(NULL) WHERE usesysid = current_user::regrole)"},
    {"transaction_id_age", "(SELECT max(age(datfrozenxid)) FROM pg_database)"},
    {"sees_sessions", "pg_has_role('pg_read_all_stats', 'USAGE')"},
    {"collation_changed", "d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)",
     kPostgres15},
    {"collation_was", "d.datcollversion", kPostgres15},
    {"collation_is", "pg_database_collation_actual_version(d.oid)", kPostgres15},
    {"wal_level", "current_setting('wal_level')"},
    {"size", "pg_database_size(d.oid)"},
    {"time_zone", "current_setting('TimeZone')"},
    {"time_zone_utc",  // no offset in winter and none in summer
     "extract(timezone FROM timestamptz '2024-01-01 12:00Z') = 0"
     " AND extract(timezone FROM timestamptz '2024-07-01 12:00Z') = 0"},
    {"sequences_hidden",
     "(SELECT count(*) FROM pg_sequence WHERE NOT has_sequence_privilege(seqrelid, 'SELECT, USAGE'))"},
};

/// What is not as it should be. The first message asks with EXISTS whether `from` has rows at all; only then
/// a second one asks for them, since planning and naming would cost a fresh session more than all the rest.
/// For the same reason it is the functions behind the statistics views that are asked.
struct Question {
  std::string_view id;
  std::string_view from;    ///< {idle} … are thresholds, {database} is the oid of this one
  std::string_view object;  ///< a name for people
  std::string_view remedy;
  std::string_view refine{};  ///< a condition for the second message only
};

constexpr Question kQuestions[] = {
    {"ownership",  // tables that this role may not alter, without those of extensions
     "pg_class c WHERE relkind IN ('r', 'p') AND NOT pg_has_role(relowner, 'USAGE') AND relnamespace IN"
     " (to_regnamespace(quote_ident(current_schema())), to_regnamespace({schema}))",
     "format('%s (of %s)', oid::regclass, pg_get_userbyid(relowner))",
     "format('ALTER TABLE %s OWNER TO %I', oid::regclass, current_user)",
     "AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid"
     " AND p.deptype = 'e')"},
    {"idle_in_transaction",
     "pg_stat_get_activity(NULL) WHERE datid = {database} AND state LIKE 'idle in transaction%'"
     " AND clock_timestamp() - state_change >= {idle} * interval '1 ms'",
     "{session}", "{end_session}"},
    {"long_transactions",
     "pg_stat_get_activity(NULL) WHERE datid = {database} AND pid <> pg_backend_pid()"
     " AND clock_timestamp() - xact_start >= {transaction} * interval '1 ms'",
     "{session}", "{end_session}"},
    {"prepared_transactions",
     "pg_prepared_xact() WHERE dbid = {database}"
     " AND clock_timestamp() - prepared >= {prepared} * interval '1 ms'",
     "gid", "format('ROLLBACK PREPARED %L', gid)"},
    {"invalid_indexes",  // without those that are being built just now
     "pg_index i WHERE NOT indisvalid", "indexrelid::regclass::text",
     "format('REINDEX INDEX CONCURRENTLY %s', indexrelid::regclass)",
     "AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)"},
    {"not_valid_constraints", "pg_constraint WHERE NOT convalidated AND conrelid <> 0",
     "format('%s on %s', conname, conrelid::regclass)",
     "format('ALTER TABLE %s VALIDATE CONSTRAINT %I', conrelid::regclass, conname)"},
    {"sequences",  // the share that is used up, whichever way it counts
     "(SELECT seqrelid, seqtypid, CASE WHEN seqincrement > 0 THEN seqmax ELSE seqmin END AS bound,"
     " CASE WHEN seqincrement > 0 THEN seqmin ELSE seqmax END AS origin,"
     " CASE WHEN has_sequence_privilege(seqrelid, 'SELECT, USAGE') THEN pg_sequence_last_value(seqrelid) END"
     " AS last FROM pg_sequence WHERE NOT seqcycle) s"
     " WHERE 100 * abs(last::float8 - origin) >= {sequence} * abs(bound::float8 - origin)",
     "format('%s at %s of %s', seqrelid::regclass, last, bound)",
     "CASE seqtypid WHEN 'bigint'::regtype THEN format('look at %s', seqrelid::regclass)"
     " ELSE format('ALTER SEQUENCE %s AS bigint', seqrelid::regclass) END"},
    {"replication_slots",
     "(SELECT slot_name, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
     " ELSE pg_current_wal_lsn() END, restart_lsn) AS retained FROM pg_get_replication_slots()"
     " WHERE NOT active) s WHERE retained >= {slot}",
     "format('%s retains %s', slot_name, pg_size_pretty(retained))",
     "format('SELECT pg_drop_replication_slot(%L)', slot_name)"},
};

constexpr std::string_view kSession =
    "format('pid %s, %s, application %s', pid, pg_get_userbyid(usesysid),"
    " coalesce(nullif(application_name, ''), '?'))";
constexpr std::string_view kEndSession = "format('SELECT pg_terminate_backend(%s)', pid)";
constexpr std::string_view kDatabase = "(SELECT oid FROM pg_database WHERE datname = current_database())";

/// Puts the values into a text with {names}.
using Fill = std::function<std::string(std::string_view)>;

std::string facts_sql(const Fill& fill, int server_version) {
  std::string sql;
  for (const Fact& fact : kFacts) {
    if (fact.version_min > server_version) continue;
    sql += fmt::format("{}{} AS \"{}\"", sql.empty() ? "SELECT " : ",\n", fill(fact.sql), fact.name);
  }
  for (const Question& question : kQuestions) {
    sql += fmt::format(",\nEXISTS (SELECT FROM {}) AS \"{}\"", fill(question.from), question.id);
  }
  return sql + "\nFROM pg_database d WHERE d.datname = current_database()";
}

/// Empty when nothing is to be asked.
std::string findings_sql(const Fill& fill, const Facts::Values& facts) {
  std::string sql;
  for (const Question& question : kQuestions) {
    const auto found = facts.find(question.id);
    if (found == facts.end() || found->second != "t") continue;
    sql += fmt::format("{}SELECT '{}', {}, {} FROM {} {}", sql.empty() ? "" : "\nUNION ALL ", question.id,
                       fill(question.object), fill(question.remedy), fill(question.from), question.refine);
  }
  return sql;
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

Facts read_facts(Connection& connection, const config::Settings& settings) {
  const auto& check = settings.check;
  const std::string schema = connection.quote_literal(connection.quote_identifier(settings.migrate.schema));
  const auto fill_for = [&](std::string_view database) -> Fill {
    return [&, database](std::string_view sql) {
      return fmt::format(fmt::runtime(sql), fmt::arg("schema", schema), fmt::arg("session", kSession),
                         fmt::arg("end_session", kEndSession), fmt::arg("database", database),
                         fmt::arg("idle", check.idle_in_transaction.count()),
                         fmt::arg("transaction", check.long_transaction.count()),
                         fmt::arg("prepared", check.prepared_transaction.count()),
                         fmt::arg("sequence", check.sequence_percent_max),
                         fmt::arg("slot", check.slot_wal_bytes_max));
    };
  };
  Connection::Limits limits;
  limits.timeout = settings.database.statement_timeout;
  const Rows facts = connection.execute(facts_sql(fill_for("d.oid"), connection.server_version()), limits);
  Facts::Values values;
  for (std::size_t i = 0; i < facts.columns.size(); ++i) {
    if (facts.rows.at(0)[i]) values[facts.columns[i]] = *facts.rows[0][i];
  }
  std::vector<Finding> findings;
  if (const auto sql = findings_sql(fill_for(kDatabase), values); !sql.empty()) {
    for (const auto& row : connection.execute(sql, limits).rows) {
      findings.push_back({row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")});
    }
  }
  return Facts(std::move(values), std::move(findings));
}

}  // namespace bigocean::sql
