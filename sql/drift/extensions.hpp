// Extensions in a scratch database: which ones its role cannot make, and who makes them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// What was made in the scratch database before the files run.
struct MadeBefore {
  std::set<std::string> extensions;
  std::set<std::string> schemas;  ///< that an extension was put into
  /// Of these, what no file asks for. The database that is compared has it: no migration made it there.
  std::set<std::string> unasked_extensions;
  std::set<std::string> unasked_schemas;
};

/// Extensions whose creation and use is tested (tests/integration/sql/scratch_functions_test.cpp), and that
/// are made here; every other one is left to the files.
bool is_known_extension(const std::string& name);

/// Makes, as the role of `maker`, in the empty database that it is connected to:
/// - what `migrations` ask for by CREATE EXTENSION and a role without rights may not make,
/// - what the database of `live` has and no file names: files may use it nevertheless.
/// Versions and schemas are those of `live`, where it has the extension. `own_role`, if not empty, runs the
/// files: schemas are made for it, and functions that reach other databases or files are closed to it. What
/// cannot be made is left out: the file that asks for it fails there and says why.
MadeBefore make_extensions(Connection& live, Connection& maker,
                           const std::vector<migrate::Migration>& migrations, const std::string& own_role);

}  // namespace bigocean::sql::drift
