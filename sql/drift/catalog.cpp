// Reads the description of a database out of its catalogue.
#include "sql/drift/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sql/drift/normal_form.hpp"
#include "sql/drift/queries.hpp"

namespace bigocean::sql::drift {
namespace {

constexpr std::size_t kObjectFields = 6, kNeedFields = 2, kOperatorFields = 3;
constexpr std::chrono::milliseconds kReadTimeout = std::chrono::minutes(5);

std::string message(const Connection& connection, const std::string& history_schema,
                    std::chrono::milliseconds lock_timeout) {
  std::string sql = fmt::format(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; SET LOCAL lock_timeout = "
      "{};"
      "SET LOCAL statement_timeout = {}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD';"
      "SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = "
      "'hex';"
      "SET LOCAL quote_all_identifiers = off; SET LOCAL standard_conforming_strings = on; SET LOCAL jit = "
      "off;"
      "SET LOCAL bigocean.history_schema = {};",
      lock_timeout.count(), kReadTimeout.count(), connection.quote_literal(history_schema));
  for (const auto& queries :
       {type_queries(), rare_queries(), table_queries(), view_queries(), access_queries()}) {
    for (const auto& query : queries) sql += std::string(kCommonTables).append(query) + ";";
  }
  for (const auto& query : {needs_query(), operators_query()})
    sql += std::string(kCommonTables) + query + ";";
  return sql + "COMMIT";
}

/// Takes the rows' values over, which are never NULL, the definitions in their normal form.
void add_objects(Rows& rows, std::vector<Object>& objects) {
  const auto first = static_cast<std::ptrdiff_t>(objects.size());
  for (auto& row : rows.rows) {
    objects.push_back({std::move(row[0].value()), std::move(row[1].value()), std::move(row[2].value()),
                       normal_form(std::move(row[3].value())), normal_form(std::move(row[4].value())),
                       std::move(row[5].value())});
  }
  std::stable_sort(objects.begin() + first, objects.end(), [](const Object& a, const Object& b) {
    const bool columns = a.is_column() && b.is_column();
    return columns ? a.relation < b.relation : std::tie(a.kind, a.identity) < std::tie(b.kind, b.identity);
  });
}

}  // namespace

Description describe(Connection& connection, const std::string& history_schema,
                     std::chrono::milliseconds lock_timeout) {
  Connection::Limits limits;
  limits.timeout = kReadTimeout;
  Description description;
  try {
    for (auto& rows : connection.execute_all(message(connection, history_schema, lock_timeout), limits)) {
      if (rows.columns.size() == kObjectFields) {
        add_objects(rows, description.objects);
      } else if (rows.columns.size() == kNeedFields) {
        for (std::size_t i = 0; i < rows.rows.size(); ++i)
          description.needs.emplace_back(rows.at(i, 0), rows.at(i, 1));
      } else if (rows.columns.size() == kOperatorFields) {
        for (std::size_t i = 0; i < rows.rows.size(); ++i)
          description.operators[rows.at(i, 0)].push_back(rows.at(i, 1));
      }
    }
  } catch (SqlError& error) {
    error.message =
        fmt::format("cannot read the schema of database {}: {}", connection.database(), error.message);
    if (error.sqlstate == "55P03") {
      error.hint =
          "a table is locked by another session; run it again later, or with a longer --lock-timeout";
    }
    throw;
  }
  return description;
}

}  // namespace bigocean::sql::drift
