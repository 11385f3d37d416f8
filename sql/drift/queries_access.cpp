// Queries for comments, grants and default privileges, for what has no query of its own, and for needs.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 3> kQueries{
    // Rare kinds: that they are there is described, not how they are made.
    R"(
SELECT i.type, i.identity, '',
  format('-- %s %s: how it is made is not described.', i.type, replace(i.identity, E'\n', ' ')), '',
  format('%s.%s', o.class, o.id)
FROM (
  SELECT 'pg_operator'::regclass AS class, oid AS id FROM pg_operator UNION ALL
  SELECT 'pg_opclass'::regclass, oid FROM pg_opclass UNION ALL
  SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily UNION ALL
  SELECT 'pg_cast'::regclass, oid FROM pg_cast UNION ALL
  SELECT 'pg_collation'::regclass, oid FROM pg_collation UNION ALL
  SELECT 'pg_conversion'::regclass, oid FROM pg_conversion UNION ALL
  SELECT 'pg_language'::regclass, oid FROM pg_language UNION ALL
  SELECT 'pg_transform'::regclass, oid FROM pg_transform UNION ALL
  SELECT 'pg_am'::regclass, oid FROM pg_am UNION ALL
  SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config UNION ALL
  SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict UNION ALL
  SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser UNION ALL
  SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper UNION ALL
  SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server UNION ALL
  SELECT 'pg_publication'::regclass, oid FROM pg_publication UNION ALL
  SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typtype = 'b' AND typcategory <> 'A' UNION ALL
  SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relkind = 'f') o,
LATERAL pg_identify_object(o.class, o.id, 0) i
WHERE o.id >= 16384 AND coalesce(i.schema, '') !~ '^pg_'
  AND NOT EXISTS (SELECT FROM member WHERE classid = o.class AND objid = o.id)
)",

    R"(
SELECT 'comment', named.what, coalesce(r.name, ''), format('COMMENT ON %s IS %L;', named.what, d.description),
  '', ''
FROM pg_description d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
CROSS JOIN LATERAL pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) a
LEFT JOIN relation r ON r.name = quote_ident(a.object_names[1]) || '.' || quote_ident(a.object_names[2])
  AND i.type ~ '^(table|view|materialized view|sequence|trigger|policy|rule)'
CROSS JOIN LATERAL (SELECT
    CASE WHEN i.type LIKE '% column' THEN 'COLUMN' WHEN i.type LIKE '% constraint' THEN 'CONSTRAINT'
         WHEN i.type = 'composite type' THEN 'TYPE' WHEN i.type = 'statistics object' THEN 'STATISTICS'
         ELSE upper(i.type) END || ' ' ||
    CASE i.type WHEN 'domain constraint' THEN replace(i.identity, ' on ', ' ON DOMAIN ')
                ELSE replace(i.identity, ' on ', ' ON ') END AS what) named
WHERE d.objoid >= 16384 AND coalesce(i.schema, '') !~ '^pg_' AND i.type NOT IN ('extension', 'large object')
  AND NOT (d.classoid = 'pg_class'::regclass AND d.objoid IN (SELECT oid FROM history))
  AND NOT EXISTS (SELECT FROM member WHERE classid = d.classoid AND objid = d.objoid)
)",

    // What differs from the privileges that such an object is born with; an owner's own are not looked at.
    R"(
, holder AS (
  SELECT '' AS prefix, CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || r.name AS what,
    r.name AS relation, r.relowner AS owner, r.relacl AS acl,
    acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner) AS birth, '' AS part
  FROM relation r WHERE r.relacl IS NOT NULL
  UNION ALL
  SELECT '', 'TABLE ' || r.name, r.name, r.relowner, a.attacl, NULL, format(' (%I)', a.attname)
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL
  SELECT '', CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure, '', p.proowner,
    p.proacl, acldefault('f', p.proowner), ''
  FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
  WHERE p.proacl IS NOT NULL AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
  UNION ALL
  SELECT '', 'TYPE ' || t.oid::regtype, '', t.typowner, t.typacl, acldefault('T', t.typowner), ''
  FROM pg_type t JOIN space s ON s.oid = t.typnamespace
  WHERE t.typacl IS NOT NULL AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_type'::regclass AND objid = t.oid)
  UNION ALL
  SELECT '', 'SCHEMA ' || s.name, '', s.nspowner, s.nspacl, coalesce(i.initprivs, acldefault('n', s.nspowner)), ''
  FROM space s LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = s.oid
  WHERE s.nspacl IS NOT NULL
    AND NOT EXISTS (SELECT FROM member WHERE classid = 'pg_namespace'::regclass AND objid = s.oid)
  UNION ALL
  SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s ', d.defaclrole::regrole,
                ' IN SCHEMA ' || nullif(d.defaclnamespace, 0)::regnamespace),
    CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
      WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, '', d.defaclrole, d.defaclacl,
    CASE WHEN d.defaclnamespace = 0
         THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) END, ''
  FROM pg_default_acl d
), granted AS (
  SELECT h.*, g.* FROM holder h, aclexplode(h.acl) g WHERE g.grantee <> h.owner
), born AS (
  SELECT h.*, g.* FROM holder h, aclexplode(h.birth) g WHERE g.grantee <> h.owner
), change AS (
  SELECT prefix || 'GRANT' AS verb, ' TO ' AS word, what, relation, grantee, privilege_type || part AS privilege,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
  FROM granted g WHERE NOT EXISTS (SELECT FROM born b WHERE (b.what, b.grantee, b.privilege_type, b.is_grantable)
                                   = (g.what, g.grantee, g.privilege_type, g.is_grantable) AND g.part = '')
  UNION ALL
  SELECT prefix || 'REVOKE', ' FROM ', what, relation, grantee, privilege_type, ''
  FROM born b WHERE NOT EXISTS (SELECT FROM granted g WHERE (g.prefix, g.what, g.grantee, g.privilege_type, g.part)
                                = (b.prefix, b.what, b.grantee, b.privilege_type, ''))
)
SELECT 'grant', concat(verb, ' ON ', what, word, role, option), relation,
  concat(verb, ' ', string_agg(DISTINCT privilege COLLATE "C", ', ' ORDER BY privilege COLLATE "C"),
         ' ON ', what, word, role, option, ';'), '', ''
FROM change, LATERAL (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role) named
GROUP BY verb, what, word, role, option, relation
)"};

}  // namespace

const std::string_view kNeedsQuery = R"(
, part (class, id, whole) AS (
  SELECT 'pg_rewrite'::regclass, oid, 'pg_class.' || ev_class FROM pg_rewrite WHERE rulename = '_RETURN'
  UNION ALL
  SELECT 'pg_attrdef'::regclass, d.oid, 'pg_class.' || d.adrelid FROM pg_attrdef d
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
  UNION ALL
  SELECT 'pg_class'::regclass, conindid, 'pg_constraint.' || oid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
  UNION ALL
  SELECT 'pg_class'::regclass, oid, 'pg_type.' || reltype FROM pg_class WHERE relkind = 'c'
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, 'pg_class.' || d.refobjid FROM pg_class c
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i' WHERE c.relkind = 'S'
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, CASE WHEN c.relkind <> 'c' THEN 'pg_class.' || c.oid
                                          ELSE 'pg_type.' || coalesce(g.rngtypid, e.oid) END
  FROM pg_type t LEFT JOIN pg_range g ON g.rngmultitypid = t.oid
  LEFT JOIN pg_type e ON e.oid = CASE t.typcategory WHEN 'A' THEN t.typelem ELSE t.oid END
  LEFT JOIN pg_class c ON c.oid = e.typrelid
  WHERE t.oid >= 16384 AND (t.typcategory = 'A' OR g.rngtypid IS NOT NULL OR c.relkind <> 'c')
  UNION ALL
  SELECT classid, objid, 'pg_extension.' || refobjid FROM pg_depend WHERE deptype = 'e'
)
SELECT DISTINCT coalesce(a.whole, format('%s.%s', d.classid::regclass, d.objid)),
  coalesce(b.whole, format('%s.%s', d.refclassid::regclass, d.refobjid))
FROM pg_depend d LEFT JOIN part a ON a.class = d.classid AND a.id = d.objid
LEFT JOIN part b ON b.class = d.refclassid AND b.id = d.refobjid
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i')
)";

std::span<const std::string_view> access_queries() { return kQueries; }

}  // namespace bigocean::sql::drift
