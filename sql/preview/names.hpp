// The names in a database that statements of an application can have in them, and which of them a file takes
// away: by DROP, by CASCADE, by RENAME or SET SCHEMA, or by code that does it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql::preview {

struct Named {
  std::string part_of;        ///< of a column its table; empty: of none
  bool in_statements = true;  ///< an application's statements can have it
};

/// By kind and name, "column app.users.mood": schemas, tables, views, sequences, their columns, functions
/// with their arguments, types, values of enums, extensions; and what statements do not name: constraints,
/// indexes, triggers, policies.
using Names = std::map<std::string, Named>;

/// Those of `clone` that `live` has as well: earlier files made the others.
Names names_in_both(Names clone, const Names& live);

struct Gone {
  std::vector<std::string> names;   ///< that statements can have
  std::vector<std::string> others;  ///< constraints and the like, of tables that stay
};

/// Asks in one round trip, in a transaction of its own, so that none may be open. Throws what Connection
/// does.
Names read_names(Connection& connection);

/// Those of `before` that `after` does not have, without the parts of tables and types that are gone
/// themselves. They are taken out of `before`.
Gone take_gone(Names& before, const Names& after);

}  // namespace bigocean::sql::preview
