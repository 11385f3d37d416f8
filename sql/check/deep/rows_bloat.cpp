// Rows of check-db --deep about space that holds nothing: estimates from the planner's statistics.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

// The expected size of a row: a header of 23 bytes and the bitmap of nulls, then the columns in their average
// widths, each aligned. What alignment costs depends on the row; here it is what it costs on average. Tables
// whose statistics are missing or old are not estimated: their widths may say anything.
constexpr std::string_view kTableBloat = R"(WITH large AS (
  SELECT t.oid, n.nspname, t.relname, t.reltuples, t.relpages, t.relnatts,
    current_setting('block_size')::float8 AS block,
    coalesce((SELECT option_value::float8 FROM pg_options_to_table(t.reloptions)
      WHERE option_name = 'fillfactor'), 100) / 100 AS fill,
    pg_stat_get_mod_since_analyze(t.oid) > 50 + 0.2 * t.reltuples AS stale
  FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE {ours} AND t.relkind IN ('r', 'm') AND t.reltuples > 0
    AND t.relpages * current_setting('block_size')::float8 >= {floor}),
columns AS (
  SELECT l.oid, a.attname, l.nspname, l.relname, CASE
      WHEN a.attlen > 0 AND a.attalign = 'd' AND lag(a.attalign) OVER w <> 'd' THEN 4
      WHEN a.attlen > 0 AND a.attalign = 'i' AND (lag(a.attlen) OVER w < 4) THEN 1.5 ELSE 0 END AS padding
  FROM large l JOIN pg_attribute a ON a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped
  WINDOW w AS (PARTITION BY l.oid ORDER BY a.attnum)),
widths AS (
  SELECT c.oid, count(s.attname) = count(*) AS known, bool_or(s.null_frac > 0) AS nulls,
    sum((1 - s.null_frac) * (s.avg_width + c.padding)) AS data
  FROM columns c LEFT JOIN pg_stats s
    ON s.schemaname = c.nspname AND s.tablename = c.relname AND s.attname = c.attname AND NOT s.inherited
  GROUP BY c.oid),
estimated AS (
  SELECT l.*, w.known, block * (relpages - ceil(reltuples / greatest(1, floor((block - 24) * fill
    / (4 + 8 * ceil((8 * ceil((23 + CASE WHEN nulls THEN (relnatts + 7) / 8 ELSE 0 END) / 8.0) + data) / 8)))))) AS wasted
  FROM large l JOIN widths w USING (oid))
SELECT 'ok', format('an estimate: none of %s tables that are large enough', count(*)), NULL::float8, '' FROM large
UNION ALL
SELECT 'skipped', format('%s large tables could not be estimated: %s', count(*),
    CASE WHEN bool_and(has_table_privilege(oid, 'SELECT')) THEN 'their statistics are missing or old'
    ELSE 'their statistics are hidden from this role, missing or old' END), NULL,
  CASE WHEN bool_and(has_table_privilege(oid, 'SELECT')) THEN 'ANALYZE'
    ELSE format('GRANT pg_read_all_data TO %I', current_user) END
FROM estimated WHERE NOT known OR stale HAVING count(*) > 0
UNION ALL
SELECT 'warn', format('%s (about %s of %s)', oid::regclass, pg_size_pretty(wasted::int8),
    pg_size_pretty((relpages * block)::int8)), wasted,
  format('VACUUM (FULL, ANALYZE) %s /* locks it while it is written anew, which pg_repack does not */', oid::regclass)
FROM estimated WHERE known AND NOT stale AND wasted >= {floor} AND 100 * wasted >= {limit} * relpages * block)";

// Only B-trees over plain columns: of the others the statistics do not say how wide an entry is. Equal keys
// share an entry, so that such an index may be smaller than estimated; then it only looks better than it is.
constexpr std::string_view kIndexBloat = R"(WITH large AS (
  SELECT x.oid, i.indrelid, i.indkey, n.nspname, t.relname, x.reltuples, x.relpages,
    current_setting('block_size')::float8 AS block,
    coalesce((SELECT option_value::float8 FROM pg_options_to_table(x.reloptions)
      WHERE option_name = 'fillfactor'), 90) / 100 AS fill,
    pg_stat_get_mod_since_analyze(t.oid) > 50 + 0.2 * t.reltuples AS stale, i.indisexclusion
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE {ours} AND t.relkind IN ('r', 'm') AND i.indisvalid AND x.relam = 403 AND x.reltuples >= 0
    AND i.indexprs IS NULL AND i.indpred IS NULL
    AND x.relpages * current_setting('block_size')::float8 >= {floor}),
widths AS (
  SELECT l.oid, count(s.attname) = count(*) AS known, bool_or(s.null_frac > 0) AS nulls,
    sum((1 - s.null_frac) * s.avg_width) AS data
  FROM large l CROSS JOIN unnest(l.indkey::int2[]) k (number)
  JOIN pg_attribute a ON a.attrelid = l.indrelid AND a.attnum = k.number LEFT JOIN pg_stats s
    ON s.schemaname = l.nspname AND s.tablename = l.relname AND s.attname = a.attname AND NOT s.inherited
  GROUP BY l.oid),
estimated AS (
  SELECT l.*, w.known, block * (relpages - 1 - ceil(reltuples / greatest(1, floor((block - 40) * fill
    / (4 + 8 * ceil((CASE WHEN nulls THEN 16 ELSE 8 END + data) / 8)))))) AS wasted
  FROM large l JOIN widths w USING (oid))
SELECT 'ok', format('an estimate: none of %s B-trees that are large enough', count(*)), NULL::float8, '' FROM large
UNION ALL
SELECT 'skipped', format('%s large indexes could not be estimated: %s', count(*),
    CASE WHEN bool_and(has_table_privilege(indrelid, 'SELECT')) THEN 'statistics are missing or old'
    ELSE 'statistics are hidden from this role, missing or old' END), NULL,
  CASE WHEN bool_and(has_table_privilege(indrelid, 'SELECT')) THEN 'ANALYZE'
    ELSE format('GRANT pg_read_all_data TO %I', current_user) END
FROM estimated WHERE NOT known OR stale HAVING count(*) > 0
UNION ALL
SELECT 'warn', format('%s (about %s of %s)', oid::regclass, pg_size_pretty(wasted::int8),
    pg_size_pretty((relpages * block)::int8)), wasted,
  format('REINDEX INDEX %s%s', CASE WHEN NOT indisexclusion THEN 'CONCURRENTLY ' END, oid::regclass)
FROM estimated WHERE known AND NOT stale AND wasted >= {floor} AND 100 * wasted >= {limit} * relpages * block)";

constexpr DeepRow kBloatRows[] = {
    {"table_bloat",
     {"under {limit} % or under {floor_bytes} without rows, by estimate", 50, 100 << 20,
      "the size is pgHero's index_bloat_bytes, 100 MB; the share is our choice: half of it"},
     "space that holds no rows is read by every scan, kept in memory and copied into every backup; an "
     "estimate: pgstattuple('table') measures it, by reading all of it",
     "writes the table anew, under a lock that even SELECT waits for; the extensions pg_repack and "
     "pg_squeeze need no such lock",
     "pg_read_all_data",
     kTableBloat},
    {"index_bloat",
     {"under {limit} % or under {floor_bytes} without entries, by estimate", 50, 100 << 20,
      "the size is pgHero's index_bloat_bytes, 100 MB; the share is our choice: half of it"},
     "space that holds no entries is kept in memory and read by scans; an estimate, for B-trees without "
     "expressions and predicates: pgstatindex('index') measures it, by reading all of it",
     "builds the index anew without blocking; it needs the space for a second one meanwhile",
     "pg_read_all_data",
     kIndexBloat},
};

}  // namespace

std::span<const DeepRow> deep_bloat_rows() { return kBloatRows; }

}  // namespace bigocean::sql
