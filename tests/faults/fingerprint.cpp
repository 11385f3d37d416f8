// The content of a database as text; two texts are equal exactly when the databases hold the same.
#include "tests/faults/fingerprint.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "tests/support/servers.hpp"

namespace bigocean::test {
namespace {

constexpr const char* kCatalogue = R"(
WITH ours AS (
  SELECT c.oid, c.relname, c.relkind, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname IN ('public', 'bigocean'))
SELECT format('relation %s.%s %s %s', nspname, relname, relkind, obj_description(oid, 'pg_class')) FROM ours
UNION ALL SELECT format('column %s.%s %s %s %s %s', relname, attname, attnum, format_type(atttypid, atttypmod),
    attnotnull, (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum))
  FROM pg_attribute JOIN ours ON ours.oid = attrelid WHERE attnum > 0 AND NOT attisdropped
UNION ALL SELECT format('index %s valid %s ready %s live %s', pg_get_indexdef(indexrelid), indisvalid, indisready,
    indislive) FROM pg_index JOIN ours ON ours.oid = indrelid
UNION ALL SELECT format('constraint %s %s %s %s', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'bigocean'::regnamespace)
UNION ALL SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT format('enum %s %s', enumtypid::regtype, string_agg(enumlabel, ',' ORDER BY enumsortorder))
  FROM pg_enum GROUP BY enumtypid
UNION ALL SELECT format('migration %s %s %s %s', name, state, checksum, how) FROM bigocean.migrations
UNION ALL SELECT format('text %s %s', name, md5(string_agg(body, '' ORDER BY part))) FROM bigocean.migration_texts
  GROUP BY name
UNION ALL SELECT format('step left over: %s %s', name, ordinal) FROM bigocean.migration_steps)";

constexpr const char* kRowsOfEveryTable = R"(
SELECT string_agg(format('SELECT format(''rows of %s %%s %%s'', count(*), md5(string_agg(t::text, E''\n'' ORDER BY t::text)))'
    ' FROM %I AS t', relname, relname), ' UNION ALL ')
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)";

std::multiset<std::string> lines_of(const std::string& text) {
  std::multiset<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

}  // namespace

std::string fingerprint(const std::string& url) {
  Session session(url);
  auto facts = session.run(kCatalogue);
  const auto sums = session.run(session.run(kRowsOfEveryTable).at(0).at(0));
  facts.insert(facts.end(), sums.begin(), sums.end());
  std::sort(facts.begin(), facts.end());
  std::string text;
  for (const auto& fact : facts) text += fact.at(0) + "\n";
  return text;
}

std::string difference(const std::string& expected, const std::string& found, int lines_max) {
  const auto wanted = lines_of(expected), got = lines_of(found);
  std::string text;
  const auto tell = [&](const std::multiset<std::string>& from, const std::multiset<std::string>& without,
                        const std::string& sign) {
    std::vector<std::string> only;
    std::set_difference(from.begin(), from.end(), without.begin(), without.end(), std::back_inserter(only));
    for (const auto& line : only) {
      if (lines_max-- > 0) text += sign + line + "\n";
    }
  };
  tell(wanted, got, "  - ");
  tell(got, wanted, "  + ");
  return text;
}

}  // namespace bigocean::test
