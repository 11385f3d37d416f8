// Checks that the files belong to the database, before anything is applied or recorded.
#pragma once

#include <optional>
#include <string>

#include "sql/migrate/history/history.hpp"
#include "sql/migrate/history/plan.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// Why the files seem to belong to another database, and what was probably meant.
struct WrongDatabase {
  std::string seen;    ///< "the history in schema bigocean has 33 other migrations, …"
  std::string remedy;  ///< a hint
};

/// Reports a history that has files of which none is at hand: it belongs to another folder. One query then;
/// none otherwise. `dir` is the folder at hand; empty: the files in the binary. Throws what
/// Connection::execute throws.
std::optional<WrongDatabase> find_other_history(Connection& connection, const History& history,
                                                const Plan& plan, const std::string& dir);

/// Reports a schema without history in a database with tables. Members of extensions, system schemas, and
/// schemas in which this role may not create are not counted: our files would make nothing there. One query,
/// and none where the plan has a file that is not pending; the query looks for history and tables in one
/// snapshot, so that another run that is just beginning cannot cause a false report.
std::optional<WrongDatabase> find_foreign_tables(Connection& connection, const History& history,
                                                 const Plan& plan, const std::string& dir);

}  // namespace bigocean::sql::migrate
