// What comes before the migrations in a scratch database: the prelude, and an adopted tool's history table.
#include "sql/drift/prelude.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "sql/drift/schema_text.hpp"
#include "sql/drift/statement_view.hpp"
#include "sql/migrate/source/marks.hpp"
#include "sql/migrate/source/text.hpp"

namespace bigocean::sql::drift {
namespace {

using base::Error;
using base::ExitCode;

/// A migration cannot have this name: names start with a letter or a digit.
migrate::Migration as_migration(const std::string& name, const std::string& path, std::string text) {
  return migrate::parse_text({migrate::FileName::Role::kWhole, name, "0"}, path, std::move(text),
                             migrate::kPlainDialect);
}

/// Schema and table of each history that adopt has taken over and that is still there, quoted where needed.
std::vector<std::pair<std::string, std::string>> adopted(Connection& connection,
                                                         const std::string& history_schema) {
  const auto events = fmt::format("{}.migration_events", connection.quote_identifier(history_schema));
  const auto known =
      connection.execute(fmt::format("SELECT to_regclass({}) IS NOT NULL", connection.quote_literal(events)));
  if (known.at(0, 0) != "t") return {};
  // The reason is "goose, public.goose_db_version".
  const auto rows = connection.execute(fmt::format(
      "SELECT DISTINCT quote_ident(n.nspname), n.oid::regnamespace || '.' || quote_ident(c.relname)"
      " FROM {} e JOIN pg_catalog.pg_class c ON c.relkind IN ('r', 'p')"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE e.action = 'adopt' AND substr(e.reason, strpos(e.reason, ', ') + 2) = n.nspname || '.' || "
      "c.relname",
      events));
  std::vector<std::pair<std::string, std::string>> tables;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) tables.emplace_back(rows.at(i, 0), rows.at(i, 1));
  return tables;
}

/// Names of tables that files make, without schema.
std::set<std::string> made_tables(const std::vector<migrate::Migration>& migrations) {
  std::set<std::string> names;
  for (const auto& migration : migrations) {
    for_each_statement(migration, [&](const auto& statement, std::string_view text) {
      if (!statement.words.starts_with("CREATE")) return;
      const StatementView view(text);
      std::size_t at = 1;
      while (view.is(at, {"UNLOGGED", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY"})) ++at;
      if (!view.is(at, {"TABLE"})) return;
      at += view.is(at + 1, {"IF"}) ? 4U : 1U;
      if (at + 2 < view.size() && view.token(at + 1).kind == migrate::TokenKind::kDot) at += 2;
      names.insert(view.name(at));
    });
  }
  return names;
}

/// Everything that `actual` has of the table, with the sequences that it owns.
Description part_of(const Description& actual, const std::string& table) {
  std::set<std::string> relations{table};
  for (const auto& object : actual.objects) {
    if (object.kind == "sequence owner" &&
        object.definition.find(" OWNED BY " + table + ".") != std::string::npos)
      relations.insert(object.relation);
  }
  Description part;
  part.needs = actual.needs;
  for (const auto& object : actual.objects) {
    if (relations.contains(object.relation)) part.objects.push_back(object);
  }
  return part;
}

}  // namespace

std::optional<migrate::Migration> read_prelude(const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (file) bytes << file.rdbuf();
  if (!file)
    throw Error(ExitCode::kUsage, fmt::format("cannot read the prelude {}: {}", path, std::strerror(errno)),
                "--prelude FILE (setting migrate.prelude) names a file of SQL");
  return as_migration("(prelude)", path, migrate::normalize(bytes.str(), path));
}

std::optional<migrate::Migration> adopted_tables(Connection& connection, const std::string& history_schema,
                                                 const Description& actual,
                                                 const std::vector<migrate::Migration>& migrations) {
  const auto tables = adopted(connection, history_schema);
  if (tables.empty()) return std::nullopt;
  const auto made = made_tables(migrations);
  std::string sql, names;
  for (const auto& [schema, table] : tables) {
    const auto name = StatementView(table).name(2);
    if (made.contains(name)) continue;
    if (schema != "public") sql += fmt::format("CREATE SCHEMA IF NOT EXISTS {};\n", schema);
    sql += schema_text(part_of(actual, table));
    names += (names.empty() ? "" : ", ") + table;
  }
  if (sql.empty()) return std::nullopt;
  return as_migration("(adopted history)", fmt::format("(history table {})", names), sql);
}

}  // namespace bigocean::sql::drift
