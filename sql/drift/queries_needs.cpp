// Queries for what an object needs: other objects before it, and schemas whose operators it uses.
#include <fmt/format.h>

#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

/// `part`: rows of the catalogue that are part of an object, by the object's node.
constexpr std::string_view kParts = R"(
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
  UNION ALL
  SELECT 'pg_publication_rel'::regclass, oid, 'pg_publication.' || prpubid FROM pg_publication_rel
  UNION ALL
  SELECT 'pg_publication_namespace'::regclass, oid, 'pg_publication.' || pnpubid FROM pg_publication_namespace
  UNION ALL
  SELECT classid, objid, CASE refclassid WHEN 'pg_opclass'::regclass THEN 'pg_opclass.' ELSE 'members.' END || refobjid
  FROM pg_depend WHERE classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
    AND refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
)
)";

// The functions of a base type are made between CREATE TYPE name and the type as a whole.
constexpr std::string_view kNeeds = R"(
SELECT DISTINCT coalesce(a.whole, format('%s.%s', d.classid::regclass, d.objid)),
  coalesce('shell.' || t.oid, b.whole, format('%s.%s', d.refclassid::regclass, d.refobjid))
FROM pg_depend d LEFT JOIN part a ON a.class = d.classid AND a.id = d.objid
LEFT JOIN part b ON b.class = d.refclassid AND b.id = d.refobjid
LEFT JOIN pg_type t ON d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
  AND t.typtype = 'b' AND d.objid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout)
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P')
)";

constexpr std::string_view kOperators = R"(
SELECT DISTINCT coalesce(a.whole, format('%s.%s', d.classid::regclass, d.objid)), quote_ident(n.nspname), ''
FROM pg_depend d LEFT JOIN part a ON a.class = d.classid AND a.id = d.objid
JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
JOIN pg_namespace n ON n.oid = o.oprnamespace AND n.nspname <> 'pg_catalog'
WHERE d.deptype = 'n' ORDER BY 1, 2
)";

}  // namespace

std::string needs_query() { return fmt::format("{}{}", kParts, kNeeds); }
std::string operators_query() { return fmt::format("{}{}", kParts, kOperators); }

}  // namespace bigocean::sql::drift
