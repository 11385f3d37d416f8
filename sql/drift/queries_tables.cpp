// Queries for sequences, tables, and what is part of a table: columns, defaults, constraints, indexes.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 9> kQueries{
    R"(
SELECT 'sequence', r.name, r.name, format('CREATE %sSEQUENCE %s%s%s;',
    CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, r.name,
    CASE WHEN q.seqtypid <> 'bigint'::regtype THEN ' AS ' || q.seqtypid::regtype END, q.options),
  '', 'pg_class.' || r.oid
FROM relation r JOIN sequence q ON q.seqrelid = r.oid
)",

    R"(
SELECT 'table', r.name, r.name, format('CREATE %sTABLE %s %s', CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END,
    r.name, CASE WHEN r.relispartition THEN 'PARTITION OF ' || parents.names ELSE '(' END),
  concat(CASE WHEN r.relispartition THEN ' ' || pg_get_expr(r.relpartbound, r.oid) ELSE ')' END,
    CASE WHEN NOT r.relispartition THEN ' INHERITS (' || parents.names || ')' END,
    ' PARTITION BY ' || pg_get_partkeydef(r.oid),
    ' USING ' || (SELECT quote_ident(amname) FROM pg_am WHERE oid = r.relam AND amname <> 'heap'), r.options, ';'),
  'pg_class.' || r.oid
FROM relation r, LATERAL (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS names
                          FROM pg_inherits WHERE inhrelid = r.oid) parents
WHERE r.relkind IN ('r', 'p')
)",

    // Storage and collation only where they are not the type's own.
    R"(
SELECT 'column', format('%s.%I', r.name, a.attname), r.name, concat(quote_ident(a.attname), ' ',
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attstorage <> t.typstorage THEN ' STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN'
      WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
    CASE a.attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' END,
    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation END,
    CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s)%s', pg_get_expr(d.adbin, d.adrelid),
      CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END) END,
    CASE WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY%s',
      CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, (
        SELECT ' (' || nullif(ltrim(q.options), '') || ')' FROM pg_depend o JOIN sequence q ON q.seqrelid = o.objid
        WHERE o.classid = 'pg_class'::regclass AND o.deptype = 'i' AND o.refclassid = 'pg_class'::regclass
          AND o.refobjid = r.oid AND o.refobjsubid = a.attnum)) END,
    CASE WHEN a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = r.oid
      AND c.contype = 'n' AND c.conkey[1] = a.attnum AND (NOT c.convalidated OR c.connoinherit))
      THEN ' NOT NULL' END),
  '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal
ORDER BY r.oid, a.attnum
)",

    R"(
SELECT 'sequence owner', r.name, r.name,
  format('ALTER SEQUENCE %s OWNED BY %s.%I;', r.name, t.name, a.attname), '', ''
FROM relation r JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'a'
  AND d.refclassid = 'pg_class'::regclass
JOIN relation t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE r.relkind = 'S'
)",

    R"(
SELECT 'default', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s;', r.name, a.attname, pg_get_expr(d.adbin, d.adrelid)),
  '', 'pg_attrdef.' || d.oid
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
WHERE a.attgenerated = '' AND NOT a.attisdropped
)",

    // NOT NULL is said by the column. What a table takes over from its parent (conparentid, not conislocal)
    // is the parent's; pg_get_constraintdef leaves out an index's options.
    R"(
SELECT 'constraint', format('%s.%I', r.name, c.conname), r.name, concat(
    format('ALTER TABLE %s ADD CONSTRAINT %I %s;', r.name, c.conname, pg_get_constraintdef(c.oid)), (
      SELECT format(E'\nALTER INDEX %s SET (%s);', x.oid::regclass,
        (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(x.reloptions) o))
      FROM pg_class x WHERE x.oid = c.conindid AND c.contype IN ('p', 'u', 'x') AND x.reloptions IS NOT NULL)),
  '', 'pg_constraint.' || c.oid
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
WHERE c.conparentid = 0 AND c.conislocal AND (c.contype IN ('c', 'f', 'p', 'u', 'x')
  OR c.contype = 'n' AND (NOT c.convalidated OR c.connoinherit))
UNION ALL
SELECT 'domain constraint', format('%s.%I', t.oid::regtype, c.conname), '',
  format('ALTER DOMAIN %s ADD CONSTRAINT %I %s;', t.oid::regtype, c.conname, pg_get_constraintdef(c.oid)), '',
  'pg_constraint.' || c.oid
FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN space s ON s.oid = t.typnamespace
WHERE c.contype = 'c' AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
)",

    // Without ONLY, so that partitions get their part of a partitioned index.
    R"(
SELECT 'index', x.name, r.name, concat(CASE WHEN NOT i.indisvalid THEN E'-- INVALID: its build did not end.\n' END,
  replace(pg_get_indexdef(x.oid), ' ON ONLY ' || r.name || ' USING ', ' ON ' || r.name || ' USING '), ';'), '',
  'pg_class.' || x.oid
FROM relation r JOIN pg_index i ON i.indrelid = r.oid
JOIN (SELECT *, oid::regclass::text AS name FROM pg_class) x ON x.oid = i.indexrelid
WHERE NOT x.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint c
                  WHERE c.conrelid = r.oid AND c.conindid = x.oid AND c.contype IN ('p', 'u', 'x'))
)",

    R"(
SELECT 'not null', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL;', r.name, a.attname), '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_inherits h ON h.inhrelid = r.oid
JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname
WHERE a.attnotnull AND NOT p.attnotnull AND NOT a.attisdropped AND (r.relispartition OR NOT a.attislocal)
UNION ALL
SELECT 'statistics target', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s;', r.name, a.attname, a.attstattarget), '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
WHERE a.attstattarget >= 0 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'column options', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s);', r.name, a.attname,
    (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o)), '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attoptions IS NOT NULL AND NOT a.attisdropped
)",

    R"(
SELECT 'replica identity', r.name, r.name, format('ALTER TABLE ONLY %s REPLICA IDENTITY %s;', r.name,
  CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || (
    SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
    WHERE i.indrelid = r.oid AND i.indisreplident) END), '', ''
FROM relation r WHERE r.relkind IN ('r', 'p') AND r.relreplident <> 'd'
UNION ALL
SELECT 'cluster', r.name, r.name, format('ALTER TABLE %s CLUSTER ON %I;', r.name, x.relname), '', ''
FROM relation r JOIN pg_index i ON i.indrelid = r.oid AND i.indisclustered JOIN pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT 'row type', r.name, r.name, format('ALTER TABLE ONLY %s OF %s;', r.name, r.reloftype::regtype), '', ''
FROM relation r WHERE r.reloftype <> 0
UNION ALL
SELECT 'row security', r.name, r.name, concat_ws(E'\n',
  CASE WHEN r.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', r.name) END,
  CASE WHEN r.relforcerowsecurity THEN format('ALTER TABLE ONLY %s FORCE ROW LEVEL SECURITY;', r.name) END), '', ''
FROM relation r WHERE r.relrowsecurity OR r.relforcerowsecurity
)"};

}  // namespace

std::span<const std::string_view> table_queries() { return kQueries; }

}  // namespace bigocean::sql::drift
