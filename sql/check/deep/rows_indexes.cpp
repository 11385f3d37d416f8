// Rows of check-db --deep about indexes.
#include "sql/check/deep/rows.hpp"

namespace bigocean::sql {
namespace {

// An index of a partitioned table is used where any of its parts is, and only the whole can be dropped.
constexpr std::string_view kUnusedIndexes = R"(WITH counted AS (
  SELECT greatest(pg_stat_get_db_stat_reset_time(oid), pg_stat_get_bgwriter_stat_reset_time()) AS since
  FROM pg_database WHERE datname = current_catalog),
found AS (
  SELECT CASE WHEN x.relispartition THEN pg_partition_root(x.oid)::oid ELSE x.oid END AS index,
    sum(x.relpages::int8) * current_setting('block_size')::int8 AS bytes, sum(pg_stat_get_numscans(x.oid)) AS scans
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  WHERE {ours} AND t.relkind IN ('r', 'm') AND i.indisvalid
    AND NOT i.indisunique AND NOT i.indisexclusion AND NOT i.indisreplident
  GROUP BY 1)
SELECT 'ok', format('none of %s without UNIQUE, counted for %s days', (SELECT count(*) FROM found),
  extract(day FROM now() - since)), NULL::float8, '' FROM counted
UNION ALL
SELECT 'skipped', format('scans are counted since %s only', date_trunc('second', since)), NULL,
  'ask again when they are old enough, or accept less: --threshold unused_indexes=1'
FROM counted WHERE since > now() - interval '{limit} days'
UNION ALL
SELECT 'warn', format('%s (%s)', index::regclass, pg_size_pretty(bytes)), bytes,
  format('DROP INDEX %s%s', CASE relkind WHEN 'i' THEN 'CONCURRENTLY ' END, index::regclass)
FROM found JOIN pg_class ON oid = index, counted
WHERE scans = 0 AND bytes >= {floor} AND since <= now() - interval '{limit} days')";

// The texts of expressions have the places in the statement that made them, which differ between equal ones.
// Of two that are equal in all, the one that a constraint needs is kept, else the older one.
constexpr std::string_view kDuplicateIndexes = R"(WITH every AS (
  SELECT i.indexrelid AS index, i.indrelid AS tbl, i.indisunique AS uniq, i.indnullsnotdistinct AS nnd,
    i.indisprimary OR i.indisexclusion OR i.indisreplident
      OR i.indexrelid IN (SELECT conindid FROM pg_constraint WHERE contype = 'f') AS needed,
    x.relam, x.relkind, x.relpages::int8 * current_setting('block_size')::int8 AS bytes, c.conname,
    array_to_string(i.indkey[0:i.indnkeyatts - 1], ' ') || ' ' AS keys,
    array_to_string(i.indkey[i.indnkeyatts:], ' ') AS included, i.indclass::text || ' ' AS classes,
    i.indcollation::text || ' ' AS collations, i.indoption::text || ' ' AS options,
    regexp_replace(i.indexprs::text, ':\w*location -?\d+', '', 'g') AS expressions,
    regexp_replace(i.indpred::text, ':\w*location -?\d+', '', 'g') AS predicate
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = t.oid AND c.contype IN ('p', 'u', 'x')
  WHERE {ours} AND t.relkind IN ('r', 'm', 'p') AND i.indisvalid AND NOT x.relispartition)
SELECT 'ok', format('none of %s', count(*)), NULL::float8, '' FROM every
UNION ALL
(SELECT DISTINCT ON (a.index) 'warn', format(CASE a.keys WHEN b.keys THEN '%s (%s, as %s)'
    ELSE '%s (%s, the first columns of %s)' END, a.index::regclass, pg_size_pretty(a.bytes), b.index::regclass),
  a.bytes::float8, CASE WHEN a.conname IS NOT NULL
    THEN format('ALTER TABLE %s DROP CONSTRAINT %I', a.tbl::regclass, a.conname)
    ELSE format('DROP INDEX %s%s', CASE a.relkind WHEN 'i' THEN 'CONCURRENTLY ' END, a.index::regclass) END
FROM every a JOIN every b ON b.tbl = a.tbl AND b.index <> a.index AND b.relam = a.relam
  AND b.predicate IS NOT DISTINCT FROM a.predicate AND b.expressions IS NOT DISTINCT FROM a.expressions
  AND starts_with(b.keys, a.keys) AND starts_with(b.classes, a.classes)
  AND starts_with(b.collations, a.collations) AND starts_with(b.options, a.options)
  AND (b.keys = a.keys OR a.relam = 403 AND a.expressions IS NULL)
  AND (a.included = '' OR b.keys = a.keys AND b.included = a.included)
WHERE NOT a.needed AND (NOT a.uniq OR b.uniq AND b.keys = a.keys AND b.nnd = a.nnd)
  AND (b.keys <> a.keys OR b.included <> a.included OR b.uniq <> a.uniq
    OR (b.conname IS NOT NULL, -b.index::int8) > (a.conname IS NOT NULL, -a.index::int8))
ORDER BY a.index, b.keys = a.keys DESC, b.index))";

// Whether an index can find the rows of a key: its first columns are the key's, in whichever order.
constexpr std::string_view kForeignKeys = R"(WITH found AS (
  SELECT f.conname, f.conrelid, f.confrelid, t.relkind,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
     FROM unnest(f.conkey) WITH ORDINALITY k (number, place)
     JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS columns,
    current_setting('block_size')::float8 * CASE t.relkind WHEN 'p' THEN (SELECT sum(l.relpages::int8)
      FROM pg_class l WHERE l.relispartition AND l.relkind = 'r' AND pg_partition_root(l.oid) = t.oid)
      ELSE t.relpages END AS bytes,
    EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indpred IS NULL AND x.relam IN (403, 405, 783)
        AND i.indnkeyatts >= cardinality(f.conkey)
        AND i.indkey[0:cardinality(f.conkey) - 1]::int2[] @> f.conkey
        AND i.indkey[0:cardinality(f.conkey) - 1]::int2[] <@ f.conkey) AS indexed
  FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid
  WHERE f.contype = 'f' AND f.conparentid = 0 AND {ours})
SELECT 'ok', format('none of %s', count(*)), NULL::float8, '' FROM found
UNION ALL
SELECT 'warn', format('%s (%s) to %s, %s', conrelid::regclass, columns, confrelid::regclass,
    pg_size_pretty(bytes::int8)), bytes, format('CREATE INDEX %s%s (%s)',
    CASE relkind WHEN 'p' THEN 'ON ONLY ' ELSE 'CONCURRENTLY ON ' END, conrelid::regclass, columns)
FROM found WHERE NOT indexed AND bytes >= {floor})";

constexpr DeepRow kIndexRows[] = {
    {"unused_indexes",
     {"no scan in {limit} days, {floor_bytes} or larger", 7, 1 << 20,
      "our choice: a week has every kind of day; what runs once a month or on a standby is not counted"},
     "each index is written with every row and read into memory, and no query of this server used this one",
     "drops the index, without blocking; make sure first that no standby and no monthly job uses it",
     "",
     kUnusedIndexes},
    {"duplicate_indexes",
     {"none", 0, 0, "PostgreSQL's manual, Multicolumn Indexes: the leading columns of a B-tree serve alone"},
     "another index answers all that this one does, and both are written with every row",
     "drops the one that the other makes superfluous; never what a constraint alone needs",
     "",
     kDuplicateIndexes},
    {"foreign_keys_without_index",
     {"tables of {floor_bytes} or more", 0, 8 << 20,
      "PostgreSQL's default of min_parallel_table_scan_size, from which a scan is worth several processes"},
     "each DELETE or change of key in the referenced table reads the whole referencing table, under its "
     "locks",
     "creates the index, without blocking; of a partitioned table it is made for the parent alone, and then "
     "the row invalid_indexes says how each partition gets its part",
     "",
     kForeignKeys},
};

}  // namespace

std::span<const DeepRow> deep_index_rows() { return kIndexRows; }

}  // namespace bigocean::sql
