// What comes before the migrations in a scratch database: the prelude, and an adopted tool's history table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/drift/description.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// The file of SQL at `path`, to be run like a migration; nullopt for an empty path. Throws
/// base::Error(kUsage) when it cannot be read, is not UTF-8 or has nothing to run.
std::optional<migrate::Migration> read_prelude(const std::string& path);

/// The history tables from which `adopt` took over, as the database has them: SQL to be run like a migration,
/// or nothing. `actual` describes the database of `connection`; `history_schema` is where adopt noted it.
/// Tables that `migrations` make by CREATE TABLE, and those that are gone, are left out.
std::optional<migrate::Migration> adopted_tables(Connection& connection, const std::string& history_schema,
                                                 const Description& actual,
                                                 const std::vector<migrate::Migration>& migrations);

}  // namespace bigocean::sql::drift
