// Queries for sequences, tables, and what is part of a table: columns, defaults, constraints, indexes.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 9> kTableQueries{
    R"(
SELECT 'sequence', r.name, r.name, format('CREATE %sSEQUENCE %s%s%s;',
    CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, r.name,
    CASE WHEN q.seqtypid <> 'bigint'::regtype THEN ' AS ' || q.seqtypid::regtype END, q.options),
  '', 'pg_class.' || r.oid
FROM relation r JOIN sequence q ON q.seqrelid = r.oid WHERE r.identity_of IS NULL
)",

    R"(
SELECT CASE r.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, r.name, r.name, format('CREATE %sTABLE %s %s',
    CASE WHEN r.relkind = 'f' THEN 'FOREIGN ' WHEN r.relpersistence = 'u' THEN 'UNLOGGED ' END, r.name,
    CASE WHEN r.relispartition THEN concat('PARTITION OF ', parents.names, (
      SELECT ' (' || string_agg(format('%I GENERATED ALWAYS AS (%s)%s', a.attname, pg_get_expr(d.adbin, d.adrelid),
        CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END), ', ' ORDER BY a.attname COLLATE "C") || ')'
      FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      JOIN pg_inherits h ON h.inhrelid = r.oid
      JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname
      JOIN pg_attrdef e ON e.adrelid = p.attrelid AND e.adnum = p.attnum
      WHERE a.attrelid = r.oid AND a.attgenerated <> '' AND NOT a.attisdropped
        AND pg_get_expr(d.adbin, d.adrelid) <> pg_get_expr(e.adbin, e.adrelid)))
    ELSE '(' END),
  concat(CASE WHEN r.relispartition THEN ' ' || pg_get_expr(r.relpartbound, r.oid) ELSE ')' END,
    CASE WHEN NOT r.relispartition THEN ' INHERITS (' || parents.names || ')' END,
    ' PARTITION BY ' || pg_get_partkeydef(r.oid),
    ' USING ' || (SELECT quote_ident(amname) FROM pg_am WHERE oid = r.relam AND amname <> 'heap'), r.options, (
      SELECT format(' SERVER %I%s', s.srvname, (
        SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, option_value), ', '
                                          ORDER BY option_name COLLATE "C") || ')' FROM pg_options_to_table(t.ftoptions)))
      FROM pg_foreign_table t JOIN pg_foreign_server s ON s.oid = t.ftserver WHERE t.ftrelid = r.oid), ';'),
  'pg_class.' || r.oid
FROM relation r, LATERAL (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS names
                          FROM pg_inherits WHERE inhrelid = r.oid) parents
WHERE r.relkind IN ('r', 'p', 'f')
)",

    // In the order that INHERITS gives them. Storage, collation and names only where they are not what the
    // server would choose. From PostgreSQL 18 on NOT NULL is a constraint with a name; one that is not
    // validated is a statement of its own.
    R"(
SELECT 'column', format('%s.%I', r.name, a.attname), r.name, concat(quote_ident(a.attname), ' ',
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attstorage <> t.typstorage THEN ' STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN'
      WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
    CASE a.attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' END,
    (SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, option_value), ', '
                                       ORDER BY option_name COLLATE "C") || ')' FROM pg_options_to_table(a.attfdwoptions)),
    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation END,
    CASE WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s)%s', pg_get_expr(d.adbin, d.adrelid),
      CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END) END,
    CASE WHEN a.attidentity <> '' THEN format(' GENERATED %s AS IDENTITY%s',
      CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, (
        SELECT ' (' || nullif(concat_ws(' ', CASE WHEN (i.relnamespace, i.relname)
            <> (r.relnamespace, format('%s_%s_seq', r.relname, a.attname)) THEN 'SEQUENCE NAME ' || i.name END,
          nullif(ltrim(q.options), '')), '') || ')'
        FROM owned o JOIN sequence q ON q.seqrelid = o.sequence JOIN relation i ON i.oid = o.sequence
        WHERE o.identity AND o.owner = r.oid AND o.number = a.attnum)) END,
    CASE WHEN a.attnotnull AND c.convalidated IS NOT FALSE THEN concat(
      ' CONSTRAINT ' || quote_ident(CASE WHEN c.coninhcount = 0 THEN
        nullif(c.conname, format('%s_%s_not_null', r.relname, a.attname)) END),
      ' NOT NULL', CASE WHEN c.connoinherit THEN ' NO INHERIT' END) END),
  '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint c ON c.conrelid = r.oid AND c.contype = 'n' AND c.conkey[1] = a.attnum
LEFT JOIN LATERAL (SELECT h.inhseqno, p.attnum FROM pg_inherits h
                   JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname
                   WHERE h.inhrelid = r.oid ORDER BY h.inhseqno LIMIT 1) inherited ON true
WHERE r.relkind IN ('r', 'p', 'f') AND NOT r.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal
ORDER BY r.oid, inherited.inhseqno, inherited.attnum, a.attnum
)",

    R"(
SELECT 'sequence owner', r.name, r.name,
  format('ALTER SEQUENCE %s OWNED BY %s.%I;', r.name, t.name, a.attname), '', ''
FROM relation r JOIN owned o ON o.sequence = r.oid AND NOT o.identity
JOIN relation t ON t.oid = o.owner JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.number
UNION ALL
SELECT 'identity sequence', r.name, r.home, concat_ws(E'\n',
  CASE WHEN q.seqtypid <> a.atttypid THEN format('ALTER SEQUENCE %s AS %s;', r.name, q.seqtypid::regtype) END,
  CASE WHEN r.relpersistence <> t.relpersistence THEN format('ALTER SEQUENCE %s SET %s;', r.name,
    CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END) END), '', ''
FROM relation r JOIN owned o ON o.sequence = r.oid AND o.identity JOIN relation t ON t.oid = o.owner
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.number JOIN sequence q ON q.seqrelid = r.oid
WHERE q.seqtypid <> a.atttypid OR r.relpersistence <> t.relpersistence
)",

    // NULL says no more than no default does, except where the type has one. A partition that pg_dump has
    // restored has it spelt out.
    R"(
SELECT 'default', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s;', r.name, a.attname, pg_get_expr(d.adbin, d.adrelid)),
  '', 'pg_attrdef.' || d.oid
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attgenerated = '' AND NOT a.attisdropped
  AND (t.typdefaultbin IS NOT NULL OR pg_get_expr(d.adbin, d.adrelid) !~ '^NULL::')
)",

    // NOT NULL is said by the column. What a table takes over from its parent (conparentid, not conislocal)
    // is the parent's; pg_get_constraintdef leaves out an index's options.
    R"(
SELECT 'constraint', format('%s.%I', r.name, c.conname), r.name, concat(
    format('ALTER TABLE %s%s ADD CONSTRAINT %I %s;', CASE WHEN half.index IS NOT NULL THEN 'ONLY ' END, r.name,
           c.conname, pg_get_constraintdef(c.oid)),
    CASE WHEN c.conparentid <> 0 THEN format(E'\nALTER INDEX %s ATTACH PARTITION %s;', parent.conindid::regclass,
                                             c.conindid::regclass) END, (
      SELECT format(E'\nALTER INDEX %s SET (%s);', x.oid::regclass,
        string_agg(o, ', ' ORDER BY o COLLATE "C"))
      FROM pg_class x, unnest(x.reloptions) o
      WHERE x.oid = c.conindid AND c.contype IN ('p', 'u', 'x') AND o !~ '^pg_' GROUP BY x.oid)),
  '', 'pg_constraint.' || c.oid
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
LEFT JOIN half ON half.index = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_constraint parent ON parent.oid = c.conparentid
WHERE (c.conparentid = 0 AND c.conislocal
       OR c.contype IN ('p', 'u', 'x') AND parent.conindid IN (SELECT index FROM half))
  AND (c.contype IN ('c', 'f', 'p', 'u', 'x') OR c.contype = 'n' AND NOT c.convalidated)
UNION ALL
SELECT 'domain constraint', format('%s.%I', t.oid::regtype, c.conname), '',
  format('ALTER DOMAIN %s ADD CONSTRAINT %I %s;', t.oid::regtype, c.conname, pg_get_constraintdef(c.oid)), '',
  'pg_constraint.' || c.oid
FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN space s ON s.oid = t.typnamespace
WHERE c.contype = 'c' AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
)",

    // Without ONLY, so that partitions get their part of a partitioned index; with ONLY where some lack it,
    // and then each part that is there by itself.
    R"(
SELECT 'index', x.name, r.name, concat(
  CASE WHEN NOT i.indisvalid AND x.relkind = 'i' THEN E'-- INVALID: its build did not end.\n' END, CASE
    WHEN x.oid IN (SELECT index FROM half) THEN pg_get_indexdef(x.oid)
    ELSE replace(pg_get_indexdef(x.oid), ' ON ONLY ' || r.name || ' USING ', ' ON ' || r.name || ' USING ') END, ';',
  CASE WHEN parent.index IS NOT NULL THEN format(E'\nALTER INDEX %s ATTACH PARTITION %s;', parent.index::regclass,
                                                 x.name) END, (
  SELECT string_agg(format(E'\nALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s;', x.name, attnum, attstattarget), ''
                    ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = x.oid AND attstattarget >= 0)), '', 'pg_class.' || x.oid
FROM relation r JOIN pg_index i ON i.indrelid = r.oid
JOIN (SELECT *, oid::regclass::text AS name FROM pg_class) x ON x.oid = i.indexrelid
LEFT JOIN (pg_inherits h JOIN half parent ON parent.index = h.inhparent) ON h.inhrelid = x.oid
WHERE (NOT x.relispartition OR parent.index IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_constraint c
                  WHERE c.conrelid = r.oid AND c.conindid = x.oid AND c.contype IN ('p', 'u', 'x'))
)",

    // The options that ALTER COLUMN … SET takes; servers keep others beside them, which are their own matter.
    R"(
SELECT 'not null', format('%s.%I', r.name, a.attname), r.name, CASE WHEN c.oid IS NOT NULL THEN
    format('ALTER TABLE ONLY %s ADD%s NOT NULL %I%s;', r.name,
           ' CONSTRAINT ' || quote_ident(nullif(c.conname, format('%s_%s_not_null', r.relname, a.attname))), a.attname,
           CASE WHEN c.connoinherit THEN ' NO INHERIT' END)
  ELSE format('ALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL;', r.name, a.attname) END, '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
LEFT JOIN pg_constraint c ON c.conrelid = r.oid AND c.contype = 'n' AND c.conkey[1] = a.attnum
WHERE a.attnotnull AND NOT a.attisdropped AND (r.relispartition OR NOT a.attislocal)
  AND c.convalidated IS NOT FALSE AND c.conislocal IS NOT FALSE
  AND NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname
                  LEFT JOIN pg_constraint n ON n.conrelid = h.inhparent AND n.contype = 'n' AND n.conkey[1] = p.attnum
                  WHERE h.inhrelid = r.oid AND p.attnotnull AND n.connoinherit IS NOT TRUE
                    AND n.convalidated IS NOT FALSE)
UNION ALL
SELECT 'statistics target', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s;', r.name, a.attname, a.attstattarget), '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
WHERE a.attstattarget >= 0 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'column options', format('%s.%I', r.name, a.attname), r.name,
  format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s);', r.name, a.attname, string_agg(o, ', ' ORDER BY o COLLATE "C")),
  '', ''
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid, unnest(a.attoptions) o
WHERE NOT a.attisdropped AND split_part(o, '=', 1) IN ('n_distinct', 'n_distinct_inherited')
GROUP BY r.name, a.attname
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

std::span<const std::string_view> table_queries() { return kTableQueries; }

}  // namespace bigocean::sql::drift
