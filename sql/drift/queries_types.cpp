// Queries for schemas, extensions, types and routines, and what all queries share.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {

// Objects with ids below 16384 (FirstNormalObjectId in PostgreSQL's access/transam.h) are initdb's.
const std::string_view kCommonTables = R"(
WITH space AS (
  SELECT n.*, quote_ident(n.nspname) AS name FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), member AS (
  SELECT classid, objid FROM pg_depend
  WHERE deptype = 'e' OR deptype = 'i' AND (classid, objid) <> (refclassid, refobjid)
    AND NOT (classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0)
), owned AS (
  SELECT objid AS sequence, refobjid AS owner, refobjsubid AS number, deptype = 'i' AS identity FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
    AND deptype IN ('a', 'i') AND objid IN (SELECT seqrelid FROM pg_sequence)
), history AS (
  SELECT c.oid FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  WHERE s.nspname = current_setting('bigocean.history_schema')
    AND c.relname IN ('migrations', 'migration_texts', 'migration_steps', 'migration_events')
), relation AS (
  SELECT c.*, c.oid::regclass::text AS name, coalesce(o.owner, c.oid)::regclass::text AS home, o.owner AS identity_of, (
      SELECT ' WITH (' || string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)),
                                     ', ' ORDER BY o COLLATE "C") || ')'
      FROM unnest(c.reloptions || (SELECT array_agg('toast.' || o) FROM pg_class t, unnest(t.reloptions) o
                                   WHERE t.oid = c.reltoastrelid)) o
      WHERE o !~ '^(toast\.)?pg_') AS options
  FROM pg_class c JOIN space s ON s.oid = c.relnamespace LEFT JOIN owned o ON o.sequence = c.oid AND o.identity
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_class'::regclass AND objid = c.oid)
    AND c.oid NOT IN (SELECT oid FROM history)
    AND c.oid NOT IN (SELECT sequence FROM owned WHERE owner IN (SELECT oid FROM history))
), sequence AS (
  SELECT seqrelid, seqtypid, concat(
      CASE WHEN seqincrement <> 1 THEN ' INCREMENT BY ' || seqincrement END,
      CASE WHEN seqmin <> CASE WHEN up THEN 1 ELSE -top - 1 END THEN ' MINVALUE ' || seqmin END,
      CASE WHEN seqmax <> CASE WHEN up THEN top ELSE -1 END THEN ' MAXVALUE ' || seqmax END,
      CASE WHEN seqstart <> CASE WHEN up THEN seqmin ELSE seqmax END THEN ' START WITH ' || seqstart END,
      CASE WHEN seqcache <> 1 THEN ' CACHE ' || seqcache END,
      CASE WHEN seqcycle THEN ' CYCLE' END) AS options
  FROM pg_sequence, LATERAL (
    SELECT seqincrement > 0 AS up, CASE seqtypid WHEN 'smallint'::regtype THEN 32767
      WHEN 'integer'::regtype THEN 2147483647 ELSE 9223372036854775807 END AS top) extent
), half AS (
  SELECT i.indexrelid AS index FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relkind = 'I' AND NOT i.indisvalid
), firing (code, mode) AS (
  VALUES ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS')
)
)";

namespace {

constexpr std::array<std::string_view, 5> kTypeQueries{
    R"(
SELECT 'schema', s.name, '', 'CREATE SCHEMA ' || CASE s.name WHEN 'public' THEN 'IF NOT EXISTS ' ELSE '' END
  || s.name || ';', '', 'pg_namespace.' || s.oid
FROM space s
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_namespace'::regclass AND objid = s.oid)
  AND (s.nspname <> current_setting('bigocean.history_schema')
       OR EXISTS (SELECT FROM relation r WHERE r.relnamespace = s.oid))
)",

    // Which version of an extension is installed is the server's matter.
    R"(
SELECT 'extension', quote_ident(e.extname), '',
  format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I;', e.extname, n.nspname), '', 'pg_extension.' || e.oid
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= 16384
)",

    // Which version a collation had when it was made is the server's matter.
    R"(
SELECT 'collation', c.oid::regcollation::text, '', format('CREATE COLLATION %s (%s);', c.oid::regcollation, concat_ws(', ',
    'provider = ' || CASE collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
    CASE WHEN NOT collisdeterministic THEN 'deterministic = false' END,
    CASE WHEN collcollate = collctype THEN format('locale = %L', collcollate)
         WHEN collcollate IS NOT NULL THEN format('lc_collate = %L, lc_ctype = %L', collcollate, collctype)
         ELSE format('locale = %L', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')) END,
    'rules = ' || quote_literal(to_jsonb(c) ->> 'collicurules'))), '', 'pg_collation.' || c.oid
FROM pg_collation c JOIN space s ON s.oid = c.collnamespace
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_collation'::regclass AND objid = c.oid)
)",

    R"(
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, named.type, '', CASE t.typtype
  WHEN 'e' THEN format(E'CREATE TYPE %s AS ENUM (%s\n);', named.type,
    (SELECT string_agg(format(E'\n  %L', enumlabel), ',' ORDER BY enumsortorder)
     FROM pg_enum WHERE enumtypid = t.oid))
  WHEN 'c' THEN format(E'CREATE TYPE %s AS (%s\n);', named.type, (
    SELECT string_agg(format(E'\n  %I %s%s', attname, format_type(atttypid, atttypmod),
      CASE WHEN attcollation <> y.typcollation THEN ' COLLATE ' || attcollation::regcollation END),
      ',' ORDER BY attnum)
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
    WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped))
  WHEN 'd' THEN concat('CREATE DOMAIN ', named.type, ' AS ', format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || t.typcollation::regcollation END,
    ' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), CASE WHEN t.typnotnull THEN (
      SELECT ' CONSTRAINT ' || quote_ident(conname) FROM pg_constraint
      WHERE contypid = t.oid AND contype = 'n' AND conname <> t.typname || '_not_null') END,
    CASE WHEN t.typnotnull THEN ' NOT NULL' END, ';')
  WHEN 'r' THEN format('CREATE TYPE %s AS RANGE (%s);', named.type, concat_ws(', ',
    'subtype = ' || format_type(g.rngsubtype, NULL), 'subtype_opclass = ' || (
      SELECT format('%I.%I', n.nspname, o.opcname) FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace
      WHERE o.oid = g.rngsubopc AND NOT o.opcdefault),
    CASE WHEN g.rngcollation <> u.typcollation THEN 'collation = ' || g.rngcollation::regcollation END,
    'canonical = ' || nullif(g.rngcanonical::text, '-'), 'subtype_diff = ' || nullif(g.rngsubdiff::text, '-'),
    'multirange_type_name = ' || g.rngmultitypid::regtype)) END,
  '', 'pg_type.' || t.oid
FROM pg_type t JOIN space s ON s.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_range g ON g.rngtypid = t.oid LEFT JOIN pg_type u ON u.oid = g.rngsubtype,
LATERAL (SELECT t.oid::regtype::text AS type) named
WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
)",

    R"(
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
  p.oid::regprocedure::text, '', CASE WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), E'\n') || ';' ELSE
    format(E'CREATE AGGREGATE %I.%I(%s) (\n  %s\n);', s.nspname, p.proname,
      coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*'), concat_ws(E',\n  ',
      'SFUNC = ' || g.aggtransfn, 'STYPE = ' || format_type(g.aggtranstype, NULL),
      'SSPACE = ' || nullif(g.aggtransspace, 0), 'INITCOND = ' || quote_literal(g.agginitval),
      'FINALFUNC = ' || nullif(g.aggfinalfn::text, '-'), CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
      'FINALFUNC_MODIFY = ' || modify.final,
      'COMBINEFUNC = ' || nullif(g.aggcombinefn::text, '-'), 'SERIALFUNC = ' || nullif(g.aggserialfn::text, '-'),
      'DESERIALFUNC = ' || nullif(g.aggdeserialfn::text, '-'), 'MSFUNC = ' || nullif(g.aggmtransfn::text, '-'),
      'MINVFUNC = ' || nullif(g.aggminvtransfn::text, '-'),
      'MSTYPE = ' || format_type(nullif(g.aggmtranstype, 0), NULL),
      'MSSPACE = ' || nullif(g.aggmtransspace, 0), 'MINITCOND = ' || quote_literal(g.aggminitval),
      'MFINALFUNC = ' || nullif(g.aggmfinalfn::text, '-'), CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
      CASE WHEN g.aggmfinalfn <> 0 THEN 'MFINALFUNC_MODIFY = ' || modify.moving END,
      'SORTOP = ' || (SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname) FROM pg_operator o
                      JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = g.aggsortop),
      CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END,
      CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END)) END,
  '', 'pg_proc.' || p.oid
FROM pg_proc p JOIN space s ON s.oid = p.pronamespace LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid,
LATERAL (SELECT max(word) FILTER (WHERE code = g.aggfinalmodify) AS final,
                max(word) FILTER (WHERE code = g.aggmfinalmodify) AS moving
         FROM (VALUES ('r', 'READ_ONLY'), ('s', 'SHAREABLE'), ('w', 'READ_WRITE')) w (code, word)) modify
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
)"};

}  // namespace

std::span<const std::string_view> type_queries() { return kTypeQueries; }

}  // namespace bigocean::sql::drift
