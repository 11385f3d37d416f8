// Would the live rows make a file fail? Asked of the live database, which is only read.
#include "sql/preview/data_questions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/run/job.hpp"

namespace bigocean::sql::preview {
namespace {

constexpr std::chrono::milliseconds kAnswerTimeout{2'000};
/// The server ends first, and says so.
constexpr std::chrono::milliseconds kWaitTimeout{3'000};

// Each branch gives (key, table, words, question). Tables are named with their schema, as the live database
// has them.
constexpr std::string_view kDemandsSql = R"(
WITH t AS (SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'),
  keys AS (SELECT i.indexrelid, t.name, i.indnullsnotdistinct AS nulls_too,
      pg_get_expr(i.indpred, i.indrelid) AS predicate,
      (SELECT array_agg(pg_get_indexdef(i.indexrelid, k, false) ORDER BY k) FROM generate_series(1, i.indnkeyatts) AS k)
        AS parts
    FROM pg_index AS i JOIN t ON t.oid = i.indrelid WHERE i.indisunique)
SELECT format('unique %s %s %s', name, parts, predicate), name,
  format('%s (%s) is unique%s', name, array_to_string(parts, ', '), ' where ' || predicate),
  format('SELECT 1 FROM %s WHERE %s%s GROUP BY %s HAVING count(*) > 1 LIMIT 1', name, coalesce(predicate, 'true'),
    CASE WHEN nulls_too THEN '' ELSE (SELECT string_agg(format(' AND (%s) IS NOT NULL', p), '') FROM unnest(parts) AS p)
    END, (SELECT string_agg(format('(%s)', p), ', ') FROM unnest(parts) AS p)), ''
FROM keys
UNION ALL
SELECT format('check %s %s', t.name, pg_get_expr(c.conbin, c.conrelid)), t.name,
  format('%s: CHECK (%s)', t.name, pg_get_expr(c.conbin, c.conrelid)),
  format('SELECT 1 FROM %s WHERE NOT (%s) LIMIT 1', t.name, pg_get_expr(c.conbin, c.conrelid)), ''
FROM pg_constraint AS c JOIN t ON t.oid = c.conrelid WHERE c.contype = 'c' AND c.convalidated
UNION ALL
SELECT format('not null %s %I', t.name, a.attname), t.name, format('%s.%I is NOT NULL', t.name, a.attname),
  format('SELECT 1 FROM %s WHERE %I IS NULL LIMIT 1', t.name, a.attname), ''
FROM pg_attribute AS a JOIN t ON t.oid = a.attrelid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
UNION ALL
SELECT format('foreign key %s %s', t.name, pg_get_constraintdef(c.oid)), t.name,
  format('%s: %s', t.name, pg_get_constraintdef(c.oid)),
  format('SELECT 1 FROM %s AS l WHERE %s AND NOT EXISTS (SELECT FROM %s AS r WHERE %s) LIMIT 1', t.name,
    (SELECT string_agg(format('l.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(c.conkey) AS k
      JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k),
    f.name,
    (SELECT string_agg(format('l.%I = r.%I', a.attname, b.attname), ' AND ')
      FROM unnest(c.conkey, c.confkey) AS k(a, b) JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.a
      JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = k.b)), ''
FROM pg_constraint AS c JOIN t ON t.oid = c.conrelid JOIN t AS f ON f.oid = c.confrelid
WHERE c.contype = 'f' AND c.convalidated
UNION ALL
SELECT format('type %s %I %s', t.name, a.attname, format_type(a.atttypid, a.atttypmod)), t.name,
  format('%s.%I becomes %s', t.name, a.attname, format_type(a.atttypid, a.atttypmod)),
  CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
    -- A cast cuts what is too long, ALTER TABLE refuses it.
    THEN format('SELECT 1 FROM %s WHERE length(rtrim(%I::text)) > %s LIMIT 1', t.name, a.attname, a.atttypmod - 4)
    ELSE format('SELECT 1 WHERE (SELECT count(CAST(%I AS %s)) FROM %s) < 0', a.attname,
      format_type(a.atttypid, a.atttypmod), t.name) END, format('%s %I', t.name, a.attname)
FROM pg_attribute AS a JOIN t ON t.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped
)";

bool is_known(const std::vector<Demand>& demands, const Demand& demand) {
  return std::any_of(demands.begin(), demands.end(),
                     [&](const Demand& known) { return known.key == demand.key; });
}

/// The live database lacks a table, column, type or function that an earlier pending file makes, or the two
/// types have no cast: nothing is known then. Class 22 is about values.
bool is_about_a_value(const SqlError& error) {
  return error.sqlstate.starts_with("22") || error.sqlstate == "23514";
}

}  // namespace

std::vector<Demand> read_demands(Connection& clone) {
  const auto rows = clone.execute(kDemandsSql);
  std::vector<Demand> demands;
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    demands.push_back({rows.at(i, 0), rows.at(i, 1), rows.at(i, 2), rows.at(i, 3), rows.at(i, 4)});
  return demands;
}

std::vector<std::string> broken_demands(Connection& live, const std::vector<Demand>& before,
                                        const std::vector<Demand>& after, bool types_too,
                                        std::vector<std::string>& not_asked) {
  const auto begins = [&](const std::string& start) {
    return std::any_of(before.begin(), before.end(),
                       [&](const Demand& known) { return known.key.starts_with(start); });
  };
  constexpr std::string_view kNotNull = "not null ", kType = "type ";
  std::vector<std::string> broken;
  Connection::Limits limits;
  limits.timeout = kWaitTimeout;
  for (auto demand : after) {
    const bool of_live_table = std::any_of(before.begin(), before.end(),
                                           [&](const Demand& known) { return known.table == demand.table; });
    if (!of_live_table || is_known(before, demand)) continue;
    if (demand.key.starts_with(kNotNull) && !begins("type " + demand.key.substr(kNotNull.size()) + " ")) {
      demand.question = "SELECT 1 FROM " + demand.table + " LIMIT 1";
      demand.words += ", and the new column has no default";
    }
    if (demand.key.starts_with(kType)) {
      const bool is_new = !begins(kType.data() + demand.column + " ");
      if (is_new || !types_too) continue;
    }
    try {
      const auto answer = live.execute(
          fmt::format("BEGIN READ ONLY;SET LOCAL statement_timeout = {};SET LOCAL lock_timeout = 1000;{}",
                      kAnswerTimeout.count(), demand.question),
          limits);
      if (!answer.rows.empty()) broken.push_back("rows that are there break: " + demand.words);
    } catch (const SqlError& error) {
      if (is_about_a_value(error)) {
        broken.push_back(
            fmt::format("a value that is there breaks: {}: {}", demand.words, error.server_message));
      } else {
        not_asked.push_back(fmt::format("{}: {}", demand.words, error.server_message));
      }
    }
    migrate::roll_back(live);
  }
  return broken;
}

}  // namespace bigocean::sql::preview
