// The history tables of other tools: found by name and columns, read into one form.
#include "sql/migrate/adopt/foreign_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"

namespace bigocean::sql::migrate {
namespace {

using config::MigrationFormat;

constexpr std::chrono::milliseconds kReadTimeout{30'000};

// clang-format off
constexpr std::array kTools{
    ForeignTool{"dbmate", MigrationFormat::kNative, "schema_migrations", "version", true,
                ForeignKey::kVersion, ForeignHash::kNone,
                "SELECT version::text, '', false, 'one' FROM {}", ""},
    ForeignTool{"golang-migrate", MigrationFormat::kGolangMigrate, "schema_migrations", "dirty,version", true,
                ForeignKey::kVersion, ForeignHash::kNone,
                "SELECT version::text, '', dirty, 'up to' FROM {}",
                "is marked dirty: its migration stopped half way; bring the database to the state after the "
                "file, or before it, and record that with `migrate force VERSION`"},
    ForeignTool{"goose", MigrationFormat::kGoose, "goose_db_version", "id,is_applied,version_id", false,
                ForeignKey::kVersion, ForeignHash::kNone,
                "SELECT version_id::text, '', false, 'one' FROM (SELECT DISTINCT ON (version_id) * FROM {}"
                " ORDER BY version_id, id DESC) AS newest WHERE is_applied AND version_id > 0",
                ""},
    // Rows without version are repeatable ones, and the note that Flyway made the schema.
    ForeignTool{"Flyway", MigrationFormat::kFlyway, "flyway_schema_history",
                "checksum,installed_rank,script,success,type,version", false,
                ForeignKey::kVersion, ForeignHash::kFlywayCrc32,
                "SELECT version, CASE WHEN type LIKE 'SQL%' THEN checksum::text ELSE '' END, NOT success,"
                " CASE type WHEN 'BASELINE' THEN 'baseline' WHEN 'SQL_BASELINE' THEN 'baseline file'"
                " ELSE 'one' END"
                " FROM (SELECT DISTINCT ON (version) * FROM {} WHERE version IS NOT NULL"
                " ORDER BY version, installed_rank DESC) AS newest"
                " WHERE type NOT LIKE 'UNDO%' AND type <> 'DELETE' ORDER BY installed_rank",
                "failed; restore the database to the state before it, and remove the row with `flyway repair`"},
    ForeignTool{"sqlx", MigrationFormat::kSqlx, "_sqlx_migrations",
                "checksum,description,execution_time,installed_on,success,version", true,
                ForeignKey::kVersion, ForeignHash::kSha384,
                "SELECT version::text, encode(checksum, 'hex'), NOT success, 'one' FROM {}",
                "did not finish; restore the database to the state before it, and delete the row"},
    // A name came with drizzle 1.0; rows of before keep the time alone.
    ForeignTool{"drizzle", MigrationFormat::kDrizzle, "__drizzle_migrations", "created_at,hash,id", false,
                ForeignKey::kJournal, ForeignHash::kSha256,
                "SELECT coalesce(to_jsonb(t) ->> 'name', created_at::text), hash, false, 'one' FROM {} AS t", ""},
    // What was rolled back counts as never applied, to Prisma too.
    ForeignTool{"Prisma", MigrationFormat::kPrisma, "_prisma_migrations",
                "checksum,finished_at,migration_name,rolled_back_at", false,
                ForeignKey::kName, ForeignHash::kSha256,
                "SELECT migration_name, checksum, finished_at IS NULL, 'one' FROM {} WHERE rolled_back_at IS NULL",
                "did not finish; repair the database, and record that with `prisma migrate resolve "
                "--applied NAME` or `--rolled-back NAME`"},
    ForeignTool{"diesel", MigrationFormat::kDiesel, "__diesel_schema_migrations", "run_on,version", true,
                ForeignKey::kVersion, ForeignHash::kNone,
                "SELECT version::text, '', false, 'one' FROM {}", ""},
    ForeignTool{"node-pg-migrate", MigrationFormat::kNodePgMigrate, "pgmigrations", "id,name,run_on", true,
                ForeignKey::kName, ForeignHash::kNone,
                "SELECT regexp_replace(name, '\\.up$', ''), '', false, 'one' FROM {}", ""},
};
// clang-format on

Connection::Limits limits() {
  Connection::Limits limits;
  limits.timeout = kReadTimeout;
  return limits;
}

/// `columns` is a list in the order of the alphabet, as pg_attribute gives it here.
bool has_columns_of(const ForeignTool& tool, const std::string& columns) {
  if (tool.exact) return columns == tool.columns;
  const std::string all = "," + columns + ",";
  for (std::string_view rest = tool.columns; !rest.empty();) {
    const std::string_view column = rest.substr(0, rest.find(','));
    if (all.find(fmt::format(",{},", column)) == std::string::npos) return false;
    rest.remove_prefix(std::min(column.size() + 1, rest.size()));
  }
  return true;
}

/// Schema, table and columns of all tables that `condition` picks.
Rows list_tables(Connection& connection, const std::string& condition) {
  return connection.execute(
      fmt::format(
          "SELECT n.nspname, c.relname, string_agg(a.attname, ',' ORDER BY a.attname COLLATE \"C\")"
          " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
          " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND {} GROUP BY 1, 2 ORDER BY 1, 2",
          condition),
      limits());
}

std::string condition_for(const Connection& connection, const std::string& table) {
  if (table.empty()) {
    std::set<std::string> names;
    for (const auto& tool : kTools) names.insert(connection.quote_literal(tool.table));
    return fmt::format("c.relname IN ({})", fmt::join(names, ", "));
  }
  const auto dot = table.find('.');
  if (dot == std::string::npos) return "c.relname = " + connection.quote_literal(table);
  return fmt::format("n.nspname = {} AND c.relname = {}", connection.quote_literal(table.substr(0, dot)),
                     connection.quote_literal(table.substr(dot + 1)));
}

[[noreturn]] void refuse_none(const std::string& table, MigrationFormat format) {
  if (!table.empty()) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("{} is not a history table of a tool that bigocean knows", table),
                      "write it as --table SCHEMA.NAME, as \\dt *.* in psql shows it");
  }
  std::set<std::string_view> names;
  for (const auto& tool : kTools) {
    if (format == MigrationFormat::kAuto || format == tool.format) names.insert(tool.table);
  }
  throw base::Error(
      base::ExitCode::kUsage,
      fmt::format("no other tool's history is in this database: there is no {}", fmt::join(names, ", ")),
      "check DATABASE_URL; --table SCHEMA.NAME names a table of another name; bigocean migrate baseline "
      "VERSION needs no other history");
}

}  // namespace

ForeignHistory find_foreign_history(Connection& connection, const std::string& table, MigrationFormat format,
                                    MigrationFormat likely) {
  const Rows tables = list_tables(connection, condition_for(connection, table));
  std::vector<ForeignHistory> found;
  for (std::size_t i = 0; i < tables.rows.size(); ++i) {
    for (const auto& tool : kTools) {
      const bool wanted = format == MigrationFormat::kAuto || format == tool.format;
      const bool named = !table.empty() || tables.at(i, 1) == tool.table;
      if (wanted && named && has_columns_of(tool, tables.at(i, 2)))
        found.push_back({&tool, tables.at(i, 0), tables.at(i, 1)});
    }
  }
  if (found.empty()) refuse_none(table, format);
  if (found.size() > 1) {
    const auto is_likely = [&](const ForeignHistory& history) { return history.tool->format == likely; };
    if (std::count_if(found.begin(), found.end(), is_likely) == 1)
      return *std::find_if(found.begin(), found.end(), is_likely);
    std::vector<std::string> names;
    for (const auto& history : found)
      names.push_back(fmt::format("{} ({})", history.name(), history.tool->name));
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("there is more than one history: {}", fmt::join(names, ", ")),
                      "choose one with --table SCHEMA.NAME, or with --format");
  }
  return found.front();
}

std::vector<ForeignRow> read_foreign_history(Connection& connection, const ForeignHistory& history) {
  const std::string table = fmt::format("{}.{}", connection.quote_identifier(history.schema),
                                        connection.quote_identifier(history.table));
  Rows rows;
  try {
    rows = connection.execute(fmt::format(fmt::runtime(history.tool->rows_sql), table), limits());
  } catch (SqlError& error) {
    error.message = fmt::format("cannot read the history of {} in {}: {}", history.tool->name, history.name(),
                                error.message);
    if (error.sqlstate == "42501")
      error.hint =
          fmt::format("GRANT SELECT ON {} TO {}", table, connection.quote_identifier(connection.user()));
    throw;
  }
  std::vector<ForeignRow> result;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const std::string& reach = rows.at(i, 3);
    result.push_back({rows.at(i, 0), rows.rows[i][1].value_or(""), rows.at(i, 2) == "t",
                      reach == "up to"           ? ForeignRow::Reach::kUpTo
                      : reach == "baseline"      ? ForeignRow::Reach::kBaseline
                      : reach == "baseline file" ? ForeignRow::Reach::kBaselineFile
                                                 : ForeignRow::Reach::kOne});
  }
  return result;
}

}  // namespace bigocean::sql::migrate
