// Reads the description of a database out of its catalogue.
#pragma once

#include <chrono>
#include <string>

#include "sql/drift/description.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// Everything but what PostgreSQL and extensions bring along, temporary objects, and the history's tables in
/// `history_schema`. One round trip, one read-only snapshot, no privilege needed. The server itself writes
/// the definitions, with an empty search_path and fixed formats, so that equal schemas read equal whatever
/// the session's settings are. Waits at most `lock_timeout` for a table that is locked exclusively (a view's
/// text needs it) and 5 minutes in all; throws SqlError, with a hint for the former, and ConnectionLost.
Description describe(Connection& connection, const std::string& history_schema,
                     std::chrono::milliseconds lock_timeout);

}  // namespace bigocean::sql::drift
