// The names in a database that statements of an application can have in them, and which of them a file takes
// away: by DROP, by CASCADE, by RENAME or SET SCHEMA, or by code that does it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql::preview {

/// Kind and name, "column app.users.mood", and the name that it is part of: of a column its table; empty: of
/// none. Schemas, tables, views, sequences, their columns, functions with their arguments, types, values of
/// enums, extensions.
using Names = std::map<std::string, std::string>;

/// Asks in one round trip, in a transaction of its own, so that none may be open. Throws what Connection
/// does.
Names read_names(Connection& connection);

/// Those of `before` that `after` does not have, without columns of tables and values of enums that are gone
/// themselves. They are taken out of `before`.
std::vector<std::string> take_gone(Names& before, const Names& after);

}  // namespace bigocean::sql::preview
