// Rows of check-db --deep about tables: their upkeep by vacuum and analyze, how they are read, their keys.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

constexpr std::string_view kDeadRows = R"(WITH counted AS (
  SELECT t.oid, pg_stat_get_live_tuples(t.oid) AS live, pg_stat_get_dead_tuples(t.oid) AS dead,
    greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)) AS vacuumed
  FROM pg_class t WHERE {ours} AND t.relkind IN ('r', 'm'))
SELECT 'ok', format('%s of %s rows in %s tables are dead', coalesce(sum(dead), 0),
  coalesce(sum(live + dead), 0), count(*)), NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s (%s of %s rows, %s)', oid::regclass, dead, live + dead,
    coalesce('last vacuumed ' || date_trunc('second', vacuumed), 'not vacuumed since counting began')),
  100.0 * dead / (live + dead), format('VACUUM (ANALYZE) %s', oid::regclass)
FROM counted WHERE dead >= {floor} AND dead > 0 AND 100.0 * dead >= {limit} * (live + dead))";

// The number of dead rows from which autovacuum comes, by the server's own formula; from PostgreSQL 18 on it
// has an upper bound. A worker looks once in autovacuum_naptime, so that some tables are always past it.
constexpr std::string_view kAutovacuum = R"(WITH counted AS (
  SELECT t.oid, pg_stat_get_dead_tuples(t.oid) AS dead, pg_stat_get_last_autovacuum_time(t.oid) AS vacuumed,
    coalesce(o.enabled, true) AS enabled,
    least(coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
        + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(t.reltuples, 0),
      nullif(coalesce(o.most, current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)) AS due
  FROM pg_class t CROSS JOIN LATERAL (SELECT
      bool_and(option_value::bool) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled,
      max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold') AS threshold,
      max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor') AS scale,
      max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_max_threshold') AS most
    FROM pg_options_to_table(t.reloptions) WHERE option_name LIKE 'autovacuum%') o
  WHERE {ours} AND t.relkind IN ('r', 'm'))
SELECT 'ok', format('on, and %s of %s tables wait for it', count(*) FILTER (WHERE dead > due), count(*)),
  NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s is off for the whole server', name), NULL,
  format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf()', name)
FROM unnest(ARRAY['autovacuum', 'track_counts']) name WHERE current_setting(name) = 'off'
UNION ALL
SELECT 'warn', format('%s (%s dead rows, autovacuum is off for it)', oid::regclass, dead), NULL,
  format('ALTER TABLE %s RESET (autovacuum_enabled)', oid::regclass)
FROM counted WHERE NOT enabled
UNION ALL
SELECT 'warn', format('%s (%s dead rows, autovacuum was due at %s, %s)', oid::regclass, dead, round(due),
    coalesce('last came ' || date_trunc('second', vacuumed), 'has not come since counting began')),
  dead / due, format('VACUUM (ANALYZE) %s', oid::regclass)
FROM counted WHERE enabled AND dead >= {floor} AND dead > {limit} * due)";

// Autovacuum never analyzes a partitioned table, only its partitions.
constexpr std::string_view kStatisticsAge = R"(WITH counted AS (
  SELECT t.oid, t.relkind, t.reltuples, pg_stat_get_live_tuples(t.oid) AS live,
    pg_stat_get_mod_since_analyze(t.oid) AS changed,
    greatest(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) AS analyzed,
    coalesce(o.threshold, current_setting('autovacuum_analyze_threshold')::float8)
      + coalesce(o.scale, current_setting('autovacuum_analyze_scale_factor')::float8) * greatest(t.reltuples, 0) AS due
  FROM pg_class t CROSS JOIN LATERAL (SELECT
      max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_analyze_threshold') AS threshold,
      max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_analyze_scale_factor') AS scale
    FROM pg_options_to_table(t.reloptions) WHERE option_name LIKE 'autovacuum_analyze%') o
  WHERE {ours} AND t.relkind IN ('r', 'm'))
SELECT 'ok', format('%s tables, %s', count(*), coalesce('the oldest known analyze is of '
  || date_trunc('second', min(analyzed)), 'no analyze is known')), NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s (%s changes, %s)', oid::regclass, changed,
    coalesce('last analyzed ' || date_trunc('second', analyzed), 'never analyzed')),
  changed / due, format('ANALYZE %s', oid::regclass)
FROM counted WHERE changed >= {floor} AND (changed > {limit} * due OR reltuples < 0)
UNION ALL
SELECT 'warn', format('%s (partitioned, never analyzed)', t.oid::regclass), NULL, format('ANALYZE %s', t.oid::regclass)
FROM pg_class t WHERE {ours} AND t.relkind = 'p' AND NOT t.relispartition AND t.reltuples < 0
  AND (SELECT sum(l.reltuples) FROM pg_class l WHERE l.relispartition AND l.relkind = 'r' AND l.reltuples > 0
    AND pg_partition_root(l.oid) = t.oid) >= {floor})";

constexpr std::string_view kSequentialScans = R"(WITH counted AS (
  SELECT t.oid, t.relpages * current_setting('block_size')::int8 AS bytes, pg_stat_get_numscans(t.oid) AS whole,
    pg_stat_get_tuples_returned(t.oid) AS rows,
    (SELECT coalesce(sum(pg_stat_get_numscans(i.indexrelid)), 0) FROM pg_index i WHERE i.indrelid = t.oid) AS by_index
  FROM pg_class t WHERE {ours} AND t.relkind IN ('r', 'm')
    AND t.relpages * current_setting('block_size')::int8 >= {floor})
SELECT 'ok', format('none of %s large tables', count(*)), NULL::float8, '' FROM counted
UNION ALL
SELECT 'warn', format('%s (%s, %s of %s scans read all of it)', oid::regclass, pg_size_pretty(bytes), whole,
    whole + by_index), rows::float8,
  CASE WHEN NOT {installed} THEN {install} ELSE format('SELECT calls, mean_exec_time, query FROM {statements}'
    || ' WHERE strpos(query, %L) > 0 ORDER BY total_exec_time DESC LIMIT 5',
    (SELECT relname FROM pg_class c WHERE c.oid = counted.oid)) END
FROM counted WHERE whole >= 20 AND 100.0 * whole >= {limit} * (whole + by_index))";

// Of a column that is smaller than the sequence which fills it, the sequence's own end says nothing. The
// value is read by SELECT, for pg_sequence_last_value() would lock the sequence as nextval() does.
constexpr std::string_view kSequenceColumns = R"(WITH filled AS (
  SELECT d.objid AS sequence, d.refobjid AS tbl, d.refobjsubid AS number FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  UNION
  SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass),
small AS (
  SELECT s.seqrelid, f.tbl, a.attname, CASE a.atttypid WHEN 21 THEN 32767 ELSE 2147483647 END::float8 AS most,
    has_table_privilege(s.seqrelid, 'SELECT') AS visible
  FROM filled f JOIN pg_sequence s ON s.seqrelid = f.sequence JOIN pg_class t ON t.oid = f.tbl
  JOIN pg_attribute a ON a.attrelid = f.tbl AND a.attnum = f.number
  WHERE {ours} AND a.atttypid IN (21, 23) AND NOT s.seqcycle
    AND s.seqmax > CASE a.atttypid WHEN 21 THEN 32767 ELSE 2147483647 END),
used AS (
  SELECT *, CASE WHEN visible THEN (xpath('//last_value/text()', query_to_xml(format('SELECT last_value FROM %s',
    seqrelid::regclass), false, false, '')))[1]::text::float8 END AS last FROM small)
SELECT 'ok', format('none of %s whose sequence goes further than the column', count(*)), NULL::float8, '' FROM used
UNION ALL
SELECT 'skipped', format('%s are hidden from this role', count(*)), NULL,
  format('GRANT pg_read_all_data TO %I', current_user) FROM used WHERE NOT visible HAVING count(*) > 0
UNION ALL
SELECT 'warn', format('%s.%s at %s of %s', tbl::regclass, quote_ident(attname), last, most), 100 * last / most,
  format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint /* locks it while it is written anew */', tbl::regclass, attname)
FROM used WHERE 100 * last >= {limit} * most)";

constexpr std::string_view kPrimaryKeys = R"(WITH found AS (
  SELECT t.oid, t.relname, t.relkind, t.oid IN (SELECT indrelid FROM pg_index WHERE indisprimary) AS has
  FROM pg_class t WHERE {ours} AND t.relkind IN ('r', 'p') AND NOT t.relispartition),
without AS (
  SELECT t.*, (SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
     WHERE i.indrelid = t.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
       AND i.indexprs IS NULL AND t.relkind = 'r' AND x.relam = 403 AND i.indoption::text !~ '[^0 ]'
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = t.oid AND c.conindid = i.indexrelid)
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
         AND NOT a.attnotnull) ORDER BY x.oid LIMIT 1) AS usable,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'id' AND NOT a.attisdropped) AS has_id
  FROM found t WHERE NOT has)
SELECT 'ok', format('none of %s', count(*)), NULL::float8, '' FROM found
UNION ALL
SELECT 'warn', oid::regclass::text, NULL, CASE WHEN usable IS NOT NULL
  THEN format('ALTER TABLE %s ADD PRIMARY KEY USING INDEX %s', oid::regclass, usable)
  ELSE format('ALTER TABLE %s ADD COLUMN %I bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY /* locks it while it is written anew */',
    oid::regclass, CASE WHEN has_id THEN relname || '_key' ELSE 'id' END) END
FROM without)";

constexpr DeepRow kTableRows[] = {
    {"dead_rows",
     {"under {limit} % or under {floor} of a table", 20, 10'000,
      "PostgreSQL's default of autovacuum_vacuum_scale_factor: at 20 % vacuum should have come"},
     "dead rows are read by every scan and make tables grow; nothing but vacuum removes them",
     "removes them without blocking; if they stay, an old transaction, a slot or a standby still needs them "
     "(rows long_transactions, slots_at_risk and those between them)",
     "",
     kDeadRows},
    {"autovacuum",
     {"under {limit} times the dead rows at which it is due, or under {floor}", 2, 1000,
      "PostgreSQL's own formula, autovacuum_vacuum_threshold + autovacuum_vacuum_scale_factor * rows; twice "
      "is "
      "our choice"},
     "where autovacuum is off, or does not keep up, tables grow and transaction ids run out",
     "does once what autovacuum did not; if it happens again, raise autovacuum_max_workers or "
     "autovacuum_vacuum_cost_limit",
     "",
     kAutovacuum},
    {"statistics_age",
     {"under {limit} times the changes at which analyze is due, or under {floor}", 2, 1000,
      "PostgreSQL's own formula, autovacuum_analyze_threshold + autovacuum_analyze_scale_factor * rows; "
      "twice is "
      "our choice"},
     "the planner chooses plans by statistics of rows that are gone; autovacuum never analyzes a partitioned "
     "table itself",
     "reads a sample of the table, without blocking",
     "",
     kStatisticsAge},
    {"sequential_scans",
     {"under {limit} % of at least 20 scans, in tables of {floor_bytes} or more", 5, 8 << 20,
      "the share is pgHero's for missing indexes, 95 % by index; the size is PostgreSQL's default of "
      "min_parallel_table_scan_size"},
     "a query without a fitting index reads the whole table, more with every row that is added",
     "shows the statements that cost most; EXPLAIN tells which of them read all of it, and the columns of "
     "its "
     "filter are those of the index",
     "",
     kSequentialScans},
    {"sequence_columns",
     {"under {limit} %", 80, 0,
      "the usual value of check.sequence_percent_max, which the row sequences uses"},
     "a column that is smaller than its sequence overflows before the sequence ends, and every insert fails",
     "makes the column larger; of a large table do it in steps (docs/lint.md), and change what refers to it",
     "pg_read_all_data",
     kSequenceColumns},
    {"primary_keys",
     {"every table has one", 0, 0,
      "PostgreSQL's manual, Primary Keys: it is usually best to follow the rule that every table has one"},
     "without one rows cannot be told apart, and logical replication cannot repeat UPDATE and DELETE",
     "makes the unique index the key, or adds a column",
     "",
     kPrimaryKeys},
};

}  // namespace

std::span<const DeepRow> deep_table_rows() { return kTableRows; }

}  // namespace bigocean::sql
