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
    " SELECT text, '' FROM s"
    " UNION ALL SELECT kind || ' ' || name, '' FROM r"
    " UNION ALL SELECT 'column ' || r.name || '.' || quote_ident(attname), r.kind || ' ' || r.name FROM "
    "pg_attribute"
    "  JOIN r ON r.oid = attrelid WHERE attnum > 0 AND NOT attisdropped AND r.kind <> 'sequence'"
    " UNION ALL SELECT 'function ' || s.name || '.' || quote_ident(proname) || '(' ||"
    "  pg_get_function_identity_arguments(p.oid) || ')', '' FROM pg_proc AS p JOIN s ON s.oid = "
    "pronamespace"
    " UNION ALL SELECT text, '' FROM t"
    " UNION ALL SELECT 'value ' || quote_literal(enumlabel) || ' of ' || t.text, t.text FROM pg_enum"
    "  JOIN t ON t.oid = enumtypid"
    " UNION ALL SELECT 'extension ' || quote_ident(extname), '' FROM pg_extension;"
    " COMMIT";

}  // namespace

Names read_names(Connection& connection) {
  Connection::Limits limits;
  limits.timeout = kTimeout;
  const auto results = connection.execute_all(std::string(kNamesSql), limits);
  const auto& rows = results.at(2);
  Names names;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) names.emplace(rows.at(i, 0), rows.at(i, 1));
  return names;
}

std::vector<std::string> take_gone(Names& before, const Names& after) {
  std::vector<std::string> gone;
  for (const auto& [name, part_of] : before) {
    const bool whole_gone = !part_of.empty() && !after.contains(part_of);
    if (!after.contains(name) && !whole_gone) gone.push_back(name);
  }
  std::erase_if(before, [&](const auto& entry) { return !after.contains(entry.first); });
  return gone;
}

}  // namespace bigocean::sql::preview
