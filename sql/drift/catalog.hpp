// Reads the description of a database out of its catalogue.
#pragma once

#include <chrono>
#include <string>

#include "sql/drift/description.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::drift {

/// Everything except what comes with PostgreSQL and extensions, temporary objects, and the history's tables
/// in `history_schema`. One round trip, one read-only snapshot, no privilege needed. The server itself writes
/// the definitions, with an empty search_path and fixed formats, so that equal schemas have equal
/// descriptions under all settings of the session. Waits at most `lock_timeout` for a table that is locked
/// exclusively (a view's text needs the table), and 5 minutes in all; throws SqlError, with a hint for the
/// former, and ConnectionLost.
Description describe(Connection& connection, const std::string& history_schema,
                     std::chrono::milliseconds lock_timeout);

}  // namespace bigocean::sql::drift
