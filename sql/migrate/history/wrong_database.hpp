// Do these files belong to this database? Asked before anything is applied or recorded.
#pragma once

#include <optional>
#include <string>

#include "sql/migrate/history/history.hpp"
#include "sql/migrate/history/plan.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// What speaks against it, and what was probably meant.
struct WrongDatabase {
  std::string seen;    ///< "the history in schema bigocean has 33 other migrations, …"
  std::string remedy;  ///< a hint
};

/// Where the history has files and none of them is at hand: it is that of another folder. One query then;
/// none otherwise. `dir` is the folder at hand; empty: the files in the binary. Throws what
/// Connection::execute throws.
std::optional<WrongDatabase> find_other_history(Connection& connection, const History& history,
                                                const Plan& plan, const std::string& dir);

/// Where there is no history in the schema and tables exist. Not counted are members of extensions, system
/// schemas, and schemas in which this role may not create: nothing of ours would be made there. One query,
/// and none where the plan has a file that is not pending; the query looks for history and tables in one
/// snapshot, so that another run which is just beginning cannot make it say so.
std::optional<WrongDatabase> find_foreign_tables(Connection& connection, const History& history,
                                                 const Plan& plan, const std::string& dir);

}  // namespace bigocean::sql::migrate
