// Queries for comments, grants and default privileges.
#include <array>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::array<std::string_view, 2> kAccessQueries{
    // What a partition takes over from its parent has a name of the server's choice, and so no comment here.
    R"(
SELECT 'comment', named.what, coalesce(r.home, ''), format('COMMENT ON %s IS %L;', named.what, d.description),
  '', ''
FROM pg_description d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
CROSS JOIN LATERAL pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) a
LEFT JOIN relation r ON r.name = quote_ident(a.object_names[1]) || '.' || quote_ident(a.object_names[2])
  AND i.type ~ '^(table|foreign table|view|materialized view|sequence|trigger|policy|rule)'
CROSS JOIN LATERAL (SELECT
    CASE WHEN i.type LIKE '% column' THEN 'COLUMN' WHEN i.type LIKE '% constraint' THEN 'CONSTRAINT'
         WHEN i.type = 'composite type' THEN 'TYPE' WHEN i.type = 'statistics object' THEN 'STATISTICS'
         WHEN i.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER'
         ELSE upper(i.type) END || ' ' ||
    CASE i.type WHEN 'domain constraint' THEN replace(i.identity, ' on ', ' ON DOMAIN ')
                WHEN 'transform' THEN replace(i.identity, ' on language ', ' language ')
                ELSE replace(i.identity, ' on ', ' ON ') END AS what) named
WHERE d.objoid >= 16384 AND coalesce(i.schema, '') !~ '^pg_' AND i.type NOT IN ('extension', 'large object', 'subscription')
  AND NOT (d.classoid = 'pg_class'::regclass AND d.objoid IN (SELECT oid FROM history))
  AND NOT EXISTS (SELECT FROM member WHERE classid = d.classoid AND objid = d.objoid)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE d.classoid = 'pg_constraint'::regclass AND oid = d.objoid
                  AND (conparentid <> 0 OR contype = 'n' AND coninhcount > 0))
  AND NOT EXISTS (SELECT FROM pg_class x LEFT JOIN pg_inherits h ON h.inhrelid = x.oid
                  LEFT JOIN pg_index p ON p.indexrelid = h.inhparent
                  WHERE d.classoid = 'pg_class'::regclass AND x.oid = d.objoid AND x.relispartition
                    AND x.relkind IN ('i', 'I') AND p.indisvalid)
  AND NOT EXISTS (SELECT FROM pg_trigger WHERE d.classoid = 'pg_trigger'::regclass AND oid = d.objoid
                  AND tgparentid <> 0)
)",

    // What differs from the privileges that such an object is born with; an owner's own are not looked at.
    R"(
, holder AS (
  SELECT '' AS prefix, CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || r.name AS what,
    r.home AS relation, r.relowner AS owner, r.relacl AS acl,
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
  SELECT '', what, '', owner, acl, acldefault(code, owner), '' FROM (
    SELECT 'pg_foreign_data_wrapper'::regclass, oid, format('FOREIGN DATA WRAPPER %I', fdwname), fdwowner, fdwacl,
      'F'::"char" FROM pg_foreign_data_wrapper UNION ALL
    SELECT 'pg_foreign_server'::regclass, oid, format('FOREIGN SERVER %I', srvname), srvowner, srvacl, 'S'
    FROM pg_foreign_server UNION ALL
    SELECT 'pg_language'::regclass, oid, format('LANGUAGE %I', lanname), lanowner, lanacl, 'l' FROM pg_language
  ) o (class, id, what, owner, acl, code)
  WHERE acl IS NOT NULL AND id >= 16384
    AND NOT EXISTS (SELECT FROM member WHERE classid = o.class AND objid = o.id)
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

std::span<const std::string_view> access_queries() { return kAccessQueries; }

}  // namespace bigocean::sql::drift
