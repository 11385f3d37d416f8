// Rows of check-db --deep about what the server does now, and what it spends its time and memory on.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

// Whoever waits and whom they wait for is visible to every role, what those do is not. The process id 0 is a
// prepared transaction.
constexpr std::string_view kBlockingChains = R"(WITH RECURSIVE waiting AS MATERIALIZED (
  SELECT l.pid, coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float8 AS seconds,
    min(CASE WHEN l.database = d.oid THEN l.relation::regclass::text END) AS tbl
  FROM pg_locks l, pg_database d WHERE NOT l.granted AND d.datname = current_catalog GROUP BY l.pid),
edges AS MATERIALIZED (SELECT w.pid, b.blocker FROM waiting w, unnest(pg_blocking_pids(w.pid)) b (blocker)),
chains AS (
  SELECT pid, blocker FROM edges
  UNION SELECT c.pid, e.blocker FROM chains c JOIN edges e ON e.pid = c.blocker),
roots AS (
  SELECT c.blocker, count(*) AS held, string_agg(c.pid::text, ', ' ORDER BY w.seconds DESC) AS pids,
    max(w.seconds) AS seconds, min(w.tbl) AS tbl
  FROM chains c JOIN waiting w ON w.pid = c.pid WHERE c.blocker NOT IN (SELECT pid FROM waiting) GROUP BY c.blocker)
SELECT 'ok', format('%s sessions wait for a lock', (SELECT count(*) FROM waiting)), NULL::float8, ''
UNION ALL
SELECT 'warn', format('pid %s (%s) holds up %s (%s), for %s s%s', blocker,
    concat_ws(', ', pg_get_userbyid(a.usesysid), nullif(a.application_name, ''), a.state,
      CASE blocker WHEN 0 THEN 'a prepared transaction' END), held, pids, round(seconds), ' on ' || tbl),
  seconds, CASE blocker WHEN 0 THEN 'SELECT gid, prepared, owner FROM pg_prepared_xacts'
    ELSE format('SELECT pg_terminate_backend(%s)', blocker) END
FROM roots LEFT JOIN pg_stat_get_activity(NULL) a ON a.pid = roots.blocker WHERE seconds >= {limit})";

constexpr std::string_view kLongQueries = R"(WITH running AS (
  SELECT pid, usesysid, application_name, extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
  FROM pg_stat_get_activity(NULL) WHERE state = 'active' AND pid <> pg_backend_pid()
    AND backend_type = 'client backend')
SELECT 'ok', format('%s running, the longest for %s s', count(*), coalesce(round(max(seconds)), 0)), NULL::float8, ''
FROM running
UNION ALL
SELECT 'skipped', 'queries of other roles are hidden from this role', NULL,
  format('GRANT pg_read_all_stats TO %I', current_user) WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')
UNION ALL
SELECT 'warn', format('pid %s (%s) runs for %s s', pid, concat_ws(', ', pg_get_userbyid(usesysid),
    nullif(application_name, '')), round(seconds)), seconds, format('SELECT pg_cancel_backend(%s)', pid)
FROM running WHERE seconds >= {limit})";

// The texts have $1 in the place of each value; those of utility statements do not, so that only their first
// words are shown. EXPLAIN takes such a text as it is, from PostgreSQL 16 on.
constexpr std::string_view kSlowStatements = R"(WITH counted AS (
  SELECT queryid, regexp_replace(min(query), '\s+', ' ', 'g') AS query, sum(calls) AS calls,
    sum(total_exec_time) AS spent, min(query) ~* '^\s*(select|with|insert|update|delete|merge|values)\M' AS plain
  FROM {statements} WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_catalog)
  GROUP BY queryid)
SELECT 'ok', format('none of %s kinds of statements', count(*)), NULL::float8, '' FROM counted
UNION ALL
SELECT 'skipped', 'statements of other roles are hidden from this role', NULL,
  format('GRANT pg_read_all_stats TO %I', current_user) WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')
UNION ALL
(SELECT 'warn', format('%s ms a call, %s calls, %s %% of all time: %s', round((spent / calls)::numeric, 1), calls,
    round((100 * spent / nullif((SELECT sum(spent) FROM counted), 0))::numeric),
    CASE WHEN plain THEN left(query, 60) ELSE substring(query from '^ ?\w+(?: \w+)?') || ' …' END), spent / calls,
  CASE WHEN plain AND length(query) <= 1000 AND strpos(query, '--') = 0 AND strpos(query, ';') = 0
    THEN 'EXPLAIN (GENERIC_PLAN) ' || query
    ELSE format('SELECT query FROM {statements} WHERE queryid = %s LIMIT 1', queryid) END
FROM counted WHERE queryid IS NOT NULL AND calls >= {floor} AND spent / calls >= {limit}
ORDER BY spent DESC LIMIT 20))";

constexpr std::string_view kCacheHitRate = R"(WITH counted AS (
  SELECT pg_stat_get_db_blocks_fetched(oid) AS fetched, pg_stat_get_db_blocks_hit(oid) AS hit
  FROM pg_database WHERE datname = current_catalog)
SELECT CASE WHEN fetched < {floor} THEN 'info' ELSE 'ok' END, format('%s %% of %s blocks were in memory%s',
    coalesce(trunc(100.0 * hit / nullif(fetched, 0), 2), 100), fetched,
    CASE WHEN fetched < {floor} THEN ', too few to judge' END), NULL::float8, ''
FROM counted
UNION ALL
SELECT 'warn', format('%s %% of %s blocks were in memory; most others are of %s', trunc(100.0 * hit / fetched, 2), fetched,
    (SELECT string_agg(tbl, ' and ') FROM (SELECT t.oid::regclass::text AS tbl FROM pg_class t
     WHERE {ours} AND t.relkind IN ('r', 'm')
     ORDER BY pg_stat_get_blocks_fetched(t.oid) - pg_stat_get_blocks_hit(t.oid) DESC LIMIT 2) s)),
  100.0 * hit / fetched, format('ALTER SYSTEM SET shared_buffers = %L /* then restart the server */',
    pg_size_pretty(2 * pg_size_bytes(current_setting('shared_buffers'))))
FROM counted WHERE fetched > 0 AND fetched >= {floor} AND 100.0 * hit < {limit} * fetched)";

constexpr std::string_view kTemporaryFiles = R"(WITH counted AS (
  SELECT pg_stat_get_db_temp_files(oid) AS files, pg_stat_get_db_temp_bytes(oid) AS bytes,
    greatest(1, extract(epoch FROM now() - greatest(pg_stat_get_db_stat_reset_time(oid),
      pg_stat_get_bgwriter_stat_reset_time())) / 86400)::float8 AS days
  FROM pg_database WHERE datname = current_catalog)
SELECT 'ok', format('%s in %s files', pg_size_pretty(bytes), files), NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s a day, in files of %s on average', pg_size_pretty((bytes / days)::int8),
    pg_size_pretty(bytes / files)), bytes / days, format('ALTER DATABASE %I SET work_mem = %L', current_catalog,
    greatest(8, 2 * pg_size_bytes(current_setting('work_mem')) / 1048576) || 'MB')
FROM counted WHERE files > 0 AND bytes / days >= {limit})";

constexpr DeepRow kActivityRows[] = {
    {"blocking_chains",
     {"no session waits for {limit} s for a lock", 1, 0,
      "PostgreSQL's default of deadlock_timeout, from which log_lock_waits reports a wait, too"},
     "behind one session that holds a lock, others wait, and more behind them",
     "ends the session at the head of the chain, and rolls its transaction back; pg_cancel_backend only ends "
     "its statement",
     "",
     kBlockingChains},
    {"long_queries",
     {"under {limit} s", 60, 0, "pgHero's long_running_query_sec"},
     "a query that nobody waits for any more still takes CPU and memory, and holds back vacuum",
     "cancels it; SELECT query FROM pg_stat_activity WHERE pid = … shows it, with the values in it",
     "pg_read_all_stats",
     kLongQueries},
    {"slow_statements",
     {"under {limit} ms on average, of statements with {floor} calls or more", 20, 100,
      "pgHero's slow_query_ms and slow_query_calls"},
     "what the server spends its time on, as pg_stat_statements counts it",
     "shows the plan without running the statement; a Seq Scan with a filter wants an index",
     "pg_read_all_stats",
     kSlowStatements,
     true},
    {"cache_hit_rate",
     {"at least {limit} % of {floor} blocks or more", 99, 1'000'000, "pgHero's cache_hit_rate_threshold"},
     "blocks that are not in shared_buffers come from the system's cache or the disk; which of the two "
     "PostgreSQL does not know",
     "doubles shared_buffers (the row memory_settings has its bounds); first look for scans that read too "
     "much "
     "(rows sequential_scans, slow_statements)",
     "",
     kCacheHitRate},
    {"temporary_files",
     {"under {limit_bytes} a day", 1 << 30, 0, "our choice: less is not worth the memory"},
     "a sort or a hash that does not fit into work_mem goes to the disk",
     "doubles work_mem for this database; each sort and hash of each session may take it, "
     "hash_mem_multiplier "
     "times",
     "",
     kTemporaryFiles},
};

}  // namespace

std::span<const DeepRow> deep_activity_rows() { return kActivityRows; }

}  // namespace bigocean::sql
