// The names in a database that statements can have in them.
#include "sql/preview/names.hpp"

#include <chrono>

namespace bigocean::sql::preview {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};

// With nothing but pg_catalog in the search path every other name comes with its schema, whatever a file has
// set.
constexpr std::string_view kNamesSql =
    "BEGIN; SET LOCAL search_path = pg_catalog;"
    " WITH s AS (SELECT oid, quote_ident(nspname) AS name, 'schema ' || quote_ident(nspname) AS text FROM "
    "pg_namespace"
    "  WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'),"
    " r AS (SELECT c.oid, CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized "
    "view'"
    "  WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END AS kind,"
    "  s.name || '.' || quote_ident(relname) AS name FROM pg_class AS c JOIN s ON s.oid = relnamespace"
    "  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')),"
    " t AS (SELECT t.oid, CASE typtype WHEN 'd' THEN 'domain ' ELSE 'type ' END || s.name "
    "|| '.' ||"
    "  quote_ident(typname) AS text, s.name || '.' || quote_ident(typname) AS name FROM pg_type AS t"
    "  JOIN s ON s.oid = typnamespace WHERE typtype IN ('d', 'e', 'r', 'b') AND typelem = 0)"
    " SELECT text, '', true FROM s"
    " UNION ALL SELECT kind || ' ' || name, '', true FROM r"
    " UNION ALL SELECT 'column ' || r.name || '.' || quote_ident(attname), r.kind || ' ' || r.name, true "
    "FROM "
    "pg_attribute"
    "  JOIN r ON r.oid = attrelid WHERE attnum > 0 AND NOT attisdropped AND r.kind <> 'sequence'"
    " UNION ALL SELECT 'function ' || s.name || '.' || quote_ident(proname) || '(' ||"
    "  pg_get_function_identity_arguments(p.oid) || ')', '', true FROM pg_proc AS p JOIN s ON s.oid = "
    "pronamespace"
    " UNION ALL SELECT text, '', true FROM t"
    " UNION ALL SELECT 'value ' || quote_literal(enumlabel) || ' of ' || t.text, t.text, true FROM pg_enum"
    "  JOIN t ON t.oid = enumtypid"
    " UNION ALL SELECT 'extension ' || quote_ident(extname), '', true FROM pg_extension"
    // NOT NULL is a constraint from PostgreSQL 18 on; the index of a key goes with its constraint.
    " UNION ALL SELECT 'constraint ' || quote_ident(conname) || ' of ' || r.name, r.kind || ' ' || r.name, "
    "false"
    "  FROM pg_constraint JOIN r ON r.oid = conrelid WHERE contype <> 'n' AND conparentid = 0"
    " UNION ALL SELECT 'index ' || quote_ident(i.relname) || ' of ' || r.name, r.kind || ' ' || r.name, false"
    "  FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid JOIN r ON r.oid = indrelid WHERE NOT "
    "i.relispartition"
    "  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)"
    " UNION ALL SELECT 'trigger ' || quote_ident(tgname) || ' of ' || r.name, r.kind || ' ' || r.name, false"
    "  FROM pg_trigger JOIN r ON r.oid = tgrelid WHERE NOT tgisinternal AND tgparentid = 0"
    " UNION ALL SELECT 'policy ' || quote_ident(polname) || ' of ' || r.name, r.kind || ' ' || r.name, false"
    "  FROM pg_policy JOIN r ON r.oid = polrelid;"
    " COMMIT";

}  // namespace

Names read_names(Connection& connection) {
  Connection::Limits limits;
  limits.timeout = kTimeout;
  const auto results = connection.execute_all(std::string(kNamesSql), limits);
  const auto& rows = results.at(2);
  Names names;
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    names.emplace(rows.at(i, 0), Named{rows.at(i, 1), rows.at(i, 2) == "t"});
  return names;
}

Names names_in_both(Names clone, const Names& live) {
  std::erase_if(clone, [&](const auto& entry) { return !live.contains(entry.first); });
  return clone;
}

Gone take_gone(Names& before, const Names& after) {
  Gone gone;
  for (const auto& [name, named] : before) {
    const bool whole_gone = !named.part_of.empty() && !after.contains(named.part_of);
    if (!after.contains(name) && !whole_gone)
      (named.in_statements ? gone.names : gone.others).push_back(name);
  }
  std::erase_if(before, [&](const auto& entry) { return !after.contains(entry.first); });
  return gone;
}

}  // namespace bigocean::sql::preview
