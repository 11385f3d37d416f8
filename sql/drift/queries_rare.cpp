// Queries for kinds that few schemas have: base types, operators, casts, text search, foreign servers.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 9> kRareQueries{
    R"(
SELECT 'shell type', t.oid::regtype::text, '', format('CREATE TYPE %s;', t.oid::regtype), '',
  CASE WHEN t.typisdefined THEN 'shell.' ELSE 'pg_type.' END || t.oid
FROM pg_type t JOIN space s ON s.oid = t.typnamespace
WHERE (t.typtype = 'b' AND t.typcategory <> 'A' OR NOT t.typisdefined)
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
UNION ALL
SELECT 'type', t.oid::regtype::text, '', format(E'CREATE TYPE %s (\n  %s\n);', t.oid::regtype, concat_ws(E',\n  ',
  'INPUT = ' || t.typinput, 'OUTPUT = ' || t.typoutput, 'RECEIVE = ' || nullif(t.typreceive::text, '-'),
  'SEND = ' || nullif(t.typsend::text, '-'), 'TYPMOD_IN = ' || nullif(t.typmodin::text, '-'),
  'TYPMOD_OUT = ' || nullif(t.typmodout::text, '-'), 'ANALYZE = ' || nullif(t.typanalyze::text, '-'),
  'SUBSCRIPT = ' || nullif(t.typsubscript::text, '-'),
  'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END,
  CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
  'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
  'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
    ELSE 'extended' END,
  'CATEGORY = ' || quote_literal(t.typcategory::text), CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
  'DEFAULT = ' || quote_literal(t.typdefault), 'ELEMENT = ' || format_type(nullif(t.typelem, 0), NULL),
  'DELIMITER = ' || quote_literal(nullif(t.typdelim::text, ',')), CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END)),
  '', 'pg_type.' || t.oid
FROM pg_type t JOIN space s ON s.oid = t.typnamespace
WHERE t.typtype = 'b' AND t.typcategory <> 'A'
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
)",

    R"(
SELECT 'language', quote_ident(l.lanname), '', concat('CREATE ', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END,
  'LANGUAGE ', quote_ident(l.lanname), ' HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc,
  ' INLINE ' || nullif(l.laninline, 0)::regproc, ' VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc, ';'),
  '', 'pg_language.' || l.oid
FROM pg_language l WHERE l.oid >= 16384
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_language'::regclass AND objid = l.oid)
UNION ALL
SELECT 'access method', quote_ident(a.amname), '', format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s;', a.amname,
  CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler), '', 'pg_am.' || a.oid
FROM pg_am a WHERE a.oid >= 16384
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_am'::regclass AND objid = a.oid)
)",

    // An operator without a function is only named by another one as its commutator or negator.
    R"(
, named AS (
  SELECT o.oid, format('OPERATOR(%I.%s)', n.nspname, o.oprname) AS operator
  FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
)
SELECT 'operator', o.oid::regoperator::text, '', format('CREATE OPERATOR %s.%s (%s);', s.name, o.oprname,
  concat_ws(', ', 'FUNCTION = ' || o.oprcode, 'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL),
    'RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL),
    'COMMUTATOR = ' || (SELECT operator FROM named WHERE oid = o.oprcom),
    'NEGATOR = ' || (SELECT operator FROM named WHERE oid = o.oprnegate),
    'RESTRICT = ' || nullif(o.oprrest::text, '-'), 'JOIN = ' || nullif(o.oprjoin::text, '-'),
    CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END)), '', 'pg_operator.' || o.oid
FROM pg_operator o JOIN space s ON s.oid = o.oprnamespace
WHERE o.oprcode <> 0
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_operator'::regclass AND objid = o.oid)
)",

    // A class has the members that it cannot be without, the family what ties classes to each other.
    R"(
, family AS (
  SELECT f.oid, f.opfnamespace, format('%I.%I', n.nspname, f.opfname) AS name, quote_ident(a.amname) AS method
  FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod
), belonging AS (
  SELECT d.refclassid AS class, d.refobjid AS id, format('OPERATOR %s %s%s', m.amopstrategy, m.amopopr::regoperator,
      ' FOR ORDER BY ' || (SELECT name FROM family WHERE oid = m.amopsortfamily)) AS text, m.amopstrategy AS number
  FROM pg_amop m JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = m.oid
  UNION ALL
  SELECT d.refclassid, d.refobjid, format('FUNCTION %s (%s, %s) %s', m.amprocnum, format_type(m.amproclefttype, NULL),
      format_type(m.amprocrighttype, NULL), m.amproc::regprocedure), 1000 + m.amprocnum
  FROM pg_amproc m JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = m.oid
), members AS (
  SELECT class, id, string_agg(text, E',\n  ' ORDER BY number, text COLLATE "C") AS list FROM belonging GROUP BY class, id
)
SELECT 'operator family', named.family, '', format('CREATE OPERATOR FAMILY %s;', named.family), '', 'pg_opfamily.' || f.oid
FROM family f JOIN space s ON s.oid = f.opfnamespace, LATERAL (SELECT f.name || ' USING ' || f.method AS family) named
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_opfamily'::regclass AND objid = f.oid)
UNION ALL
SELECT 'operator class', format('%s.%I USING %s', s.name, c.opcname, f.method), '',
  format(E'CREATE OPERATOR CLASS %s.%I%s FOR TYPE %s USING %s FAMILY %s AS\n  %s;', s.name, c.opcname,
    CASE WHEN c.opcdefault THEN ' DEFAULT' END, format_type(c.opcintype, NULL), f.method, f.name,
    concat_ws(E',\n  ', m.list, 'STORAGE ' || CASE WHEN c.opckeytype <> 0 OR m.list IS NULL
      THEN format_type(coalesce(nullif(c.opckeytype, 0), c.opcintype), NULL) END)), '', 'pg_opclass.' || c.oid
FROM pg_opclass c JOIN space s ON s.oid = c.opcnamespace JOIN family f ON f.oid = c.opcfamily
LEFT JOIN members m ON m.class = 'pg_opclass'::regclass AND m.id = c.oid
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_opclass'::regclass AND objid = c.oid)
UNION ALL
SELECT 'operator family members', f.name || ' USING ' || f.method, '',
  format(E'ALTER OPERATOR FAMILY %s USING %s ADD\n  %s;', f.name, f.method, m.list), '', 'members.' || f.oid
FROM family f JOIN space s ON s.oid = f.opfnamespace
JOIN members m ON m.class = 'pg_opfamily'::regclass AND m.id = f.oid
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_opfamily'::regclass AND objid = f.oid)
)",

    R"(
SELECT 'cast', named.cast, '', concat('CREATE CAST ', named.cast, CASE c.castmethod
    WHEN 'f' THEN ' WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN ' WITH INOUT' ELSE ' WITHOUT FUNCTION' END,
  CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END, ';'), '', 'pg_cast.' || c.oid
FROM pg_cast c, LATERAL (
  SELECT format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS cast) named
WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_cast'::regclass AND objid = c.oid)
UNION ALL
SELECT 'transform', named.transform, '', format('CREATE TRANSFORM %s (%s);', named.transform, concat_ws(', ',
  'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql, 0)::regprocedure,
  'TO SQL WITH FUNCTION ' || nullif(t.trftosql, 0)::regprocedure)), '', 'pg_transform.' || t.oid
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang, LATERAL (
  SELECT format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname) AS transform) named
WHERE t.oid >= 16384 AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_transform'::regclass AND objid = t.oid)
UNION ALL
SELECT 'conversion', named.conversion, '', format('CREATE %sCONVERSION %s FOR %L TO %L FROM %s;',
  CASE WHEN c.condefault THEN 'DEFAULT ' END, named.conversion, pg_encoding_to_char(c.conforencoding),
  pg_encoding_to_char(c.contoencoding), c.conproc), '', 'pg_conversion.' || c.oid
FROM pg_conversion c JOIN space s ON s.oid = c.connamespace,
LATERAL (SELECT format('%s.%I', s.name, c.conname) AS conversion) named
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_conversion'::regclass AND objid = c.oid)
)",

    R"(
SELECT 'text search parser', named.parser, '', format('CREATE TEXT SEARCH PARSER %s (%s);', named.parser,
  concat_ws(', ', 'START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend,
    'HEADLINE = ' || nullif(p.prsheadline::text, '-'), 'LEXTYPES = ' || p.prslextype)), '', 'pg_ts_parser.' || p.oid
FROM pg_ts_parser p JOIN space s ON s.oid = p.prsnamespace,
LATERAL (SELECT format('%s.%I', s.name, p.prsname) AS parser) named
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_ts_parser'::regclass AND objid = p.oid)
UNION ALL
SELECT 'text search template', named.template, '', format('CREATE TEXT SEARCH TEMPLATE %s (%s);', named.template,
  concat_ws(', ', 'INIT = ' || nullif(t.tmplinit::text, '-'), 'LEXIZE = ' || t.tmpllexize)), '', 'pg_ts_template.' || t.oid
FROM pg_ts_template t JOIN space s ON s.oid = t.tmplnamespace,
LATERAL (SELECT format('%s.%I', s.name, t.tmplname) AS template) named
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_ts_template'::regclass AND objid = t.oid)
UNION ALL
SELECT 'text search dictionary', d.oid::regdictionary::text, '', format('CREATE TEXT SEARCH DICTIONARY %s (%s);',
  d.oid::regdictionary, concat_ws(', ', format('TEMPLATE = %I.%I', n.nspname, t.tmplname), d.dictinitoption)),
  '', 'pg_ts_dict.' || d.oid
FROM pg_ts_dict d JOIN space s ON s.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_ts_dict'::regclass AND objid = d.oid)
)",

    R"(
SELECT 'text search configuration', c.oid::regconfig::text, '',
  concat(format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %I.%I);', c.oid::regconfig, n.nspname, p.prsname), (
    SELECT string_agg(format(E'\nALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s;', c.oid::regconfig,
                             token.alias, dictionaries), '' ORDER BY token.alias COLLATE "C")
    FROM (SELECT maptokentype, string_agg(mapdict::regdictionary::text, ', ' ORDER BY mapseqno) AS dictionaries
          FROM pg_ts_config_map WHERE mapcfg = c.oid GROUP BY maptokentype) map
    JOIN ts_token_type(c.cfgparser) token ON token.tokid = map.maptokentype)), '', 'pg_ts_config.' || c.oid
FROM pg_ts_config c JOIN space s ON s.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_ts_config'::regclass AND objid = c.oid)
)",

    R"(
SELECT 'foreign data wrapper', quote_ident(w.fdwname), '', concat('CREATE FOREIGN DATA WRAPPER ', quote_ident(w.fdwname),
  ' HANDLER ' || nullif(w.fdwhandler, 0)::regproc, ' VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc, (
    SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, option_value), ', '
                                      ORDER BY option_name COLLATE "C") || ')' FROM pg_options_to_table(w.fdwoptions)), ';'),
  '', 'pg_foreign_data_wrapper.' || w.oid
FROM pg_foreign_data_wrapper w WHERE w.oid >= 16384
  AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_foreign_data_wrapper'::regclass AND objid = w.oid)
UNION ALL
SELECT 'server', quote_ident(v.srvname), '', concat('CREATE SERVER ', quote_ident(v.srvname),
  ' TYPE ' || quote_literal(v.srvtype), ' VERSION ' || quote_literal(v.srvversion),
  ' FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname), (
    SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, option_value), ', '
                                      ORDER BY option_name COLLATE "C") || ')' FROM pg_options_to_table(v.srvoptions)), ';'),
  '', 'pg_foreign_server.' || v.oid
FROM pg_foreign_server v JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw
WHERE NOT EXISTS (SELECT FROM member WHERE classid = 'pg_foreign_server'::regclass AND objid = v.oid)
)",

    // Options of a user mapping are passwords.
    R"(
SELECT 'user mapping', format('%s ON %I', who.role, m.srvname), '',
  format(E'-- Its options are left out, since they may hold a password.\nCREATE USER MAPPING FOR %s SERVER %I;', who.role,
         m.srvname), '', 'pg_user_mapping.' || m.umid
FROM pg_user_mappings m, LATERAL (
  SELECT CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE m.umuser::regrole::text END AS role) who
)"};

}  // namespace

std::span<const std::string_view> rare_queries() { return kRareQueries; }

}  // namespace bigocean::sql::drift
