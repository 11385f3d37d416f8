// The facts that check-db judges: one statement, one row, one round trip.
#include <fmt/format.h>

#include "sql/check.hpp"

namespace bigocean::sql {
namespace {

constexpr int kPostgres15 = 150000;

struct Fact {
  std::string_view name;
  std::string_view sql;  ///< {schema} is the history's schema, {idle} … are thresholds in milliseconds
  int version_min = 0;
};

/// Everything here may be read by every role. Where a view hides other roles' sessions, `sees_sessions` is
/// no.
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
    {"foreign_tables",  // tables that this role may not alter, without those of extensions
     "(SELECT string_agg(format('%s (of %s)', c.oid::regclass, pg_get_userbyid(c.relowner)), ', ' ORDER BY "
     "c.relname) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN"
     " (to_regnamespace(quote_ident(current_schema())), to_regnamespace({schema}))"
     " AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid ="
     " 'pg_class'::regclass AND p.objid = c.oid AND p.deptype = 'e'))"},
    {"backend_pid", "pg_backend_pid()"},
    {"connections_max", "current_setting('max_connections')"},
    {"connections_reserved",
     "current_setting('superuser_reserved_connections')::int"
     " + coalesce(current_setting('reserved_connections', true), '0')::int"},
    {"connections_used", "(SELECT sum(numbackends) FROM pg_stat_database)"},
    {"database_limit", "d.datconnlimit"},
    {"database_used", "(SELECT numbackends FROM pg_stat_database WHERE datid = d.oid)"},
    {"role_limit", "(SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user)"},
    {"role_used", "(SELECT count(*) FROM pg_stat_activity WHERE usename = current_user)"},
    {"transaction_id_age", "(SELECT max(age(datfrozenxid)) FROM pg_database)"},
    {"sees_sessions", "pg_has_role('pg_read_all_stats', 'USAGE')"},
    {"idle_in_transaction",
     "(SELECT count(*) FROM pg_stat_activity WHERE datid = d.oid AND state LIKE 'idle in transaction%'"
     " AND clock_timestamp() - state_change >= {idle} * interval '1 ms')"},
    {"idle_example",
     "(SELECT format('pid %s, %s, application %s', pid, usename, coalesce(nullif(application_name, ''), '?'))"
     " FROM pg_stat_activity WHERE datid = d.oid AND state LIKE 'idle in transaction%'"
     " AND clock_timestamp() - state_change >= {idle} * interval '1 ms' ORDER BY state_change LIMIT 1)"},
    {"long_transactions",
     "(SELECT count(*) FROM pg_stat_activity WHERE datid = d.oid AND pid <> pg_backend_pid()"
     " AND clock_timestamp() - xact_start >= {transaction} * interval '1 ms')"},
    {"prepared_transactions",
     "(SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()"
     " AND clock_timestamp() - prepared >= {prepared} * interval '1 ms')"},
    {"invalid_indexes",  // without those that are being built just now
     "(SELECT string_agg(i.indexrelid::regclass::text, ', ') FROM pg_index i WHERE NOT i.indisvalid AND NOT"
     " EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid))"},
    {"not_valid_constraints",
     "(SELECT string_agg(format('%s on %s', conname, conrelid::regclass), ', ') FROM pg_constraint"
     " WHERE NOT convalidated)"},
    {"collation_changed", "d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)",
     kPostgres15},
    {"collation_was", "d.datcollversion", kPostgres15},
    {"collation_is", "pg_database_collation_actual_version(d.oid)", kPostgres15},
    {"wal_level", "current_setting('wal_level')"},
    {"size", "pg_database_size(d.oid)"},
    {"time_zone", "current_setting('TimeZone')"},
};

}  // namespace

std::string_view Facts::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : found->second;
}

std::int64_t Facts::number(std::string_view name) const {
  const std::string value(text(name));
  return value.empty() ? 0 : std::strtoll(value.c_str(), nullptr, 10);
}

Facts read_facts(Connection& connection, const config::Settings& settings,
                 const CheckThresholds& thresholds) {
  const std::string schema = connection.quote_literal(connection.quote_identifier(settings.migrate.schema));
  std::string sql = "SELECT ";
  for (const Fact& fact : kFacts) {
    if (fact.version_min > connection.server_version()) continue;
    if (!sql.ends_with("SELECT ")) sql += ",\n";
    sql += fmt::format(fmt::runtime(fact.sql), fmt::arg("schema", schema),
                       fmt::arg("idle", thresholds.idle_in_transaction.count()),
                       fmt::arg("transaction", thresholds.transaction.count()),
                       fmt::arg("prepared", thresholds.prepared_transaction.count()));
    sql += fmt::format(" AS \"{}\"", fact.name);
  }
  sql += "\nFROM pg_database d WHERE d.datname = current_database()";
  Connection::Limits limits;
  limits.timeout = settings.database.statement_timeout;
  const Rows rows = connection.execute(sql, limits);
  std::map<std::string, std::string, std::less<>> values;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    if (rows.rows.at(0)[i]) values[rows.columns[i]] = *rows.rows[0][i];
  }
  return Facts(std::move(values));
}

}  // namespace bigocean::sql
