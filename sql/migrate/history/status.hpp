// Whether a database's schema is what this binary expects: for readiness and check-db.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.hpp"
#include "config/settings.hpp"
#include "sql/migrate/formats/format.hpp"
#include "sql/migrate/formats/inventory.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

/// The migrations in the binary, of the service that it contains. The program defines this: the product by
/// cmake/embed.cmake; the toolkit alone has none.
std::span<const base::EmbeddedFile> embedded_migrations();

}  // namespace bigocean::sql

namespace bigocean::sql::migrate {

struct SchemaState {
  bool current = false;  ///< nothing pending, edited or half applied; "ahead" is current
  int pending = 0;
  int ahead = 0;
  int edited = 0;    ///< edited or half applied
  std::string text;  ///< one line for people
  std::string
      remedy_if_wrong;  ///< not empty: the files do not belong to this database, and what was probably meant
};

/// Compares the history in `migrate.schema` over `connection` with the files.
SchemaState schema_state(Connection& connection, const std::vector<Migration>& migrations,
                         const config::Settings::Migrate& migrate);

/// Whether there is neither a folder nor a migration in the binary.
bool has_no_files(const config::Settings& settings);

/// The migrations that the settings point to (settings.migrate.dir, else the binary's own), and, of a folder,
/// the format they were read as, and what its entries came to. read_configured() throws base::Error(kUsage)
/// where has_no_files().
struct ConfiguredMigrations {
  std::vector<Migration> migrations;
  Detection detection;
  Inventory inventory;
};
ConfiguredMigrations read_configured(const config::Settings& settings);

/// The migrations alone.
std::vector<Migration> configured_migrations(const config::Settings& settings);

}  // namespace bigocean::sql::migrate
