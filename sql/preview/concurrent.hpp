// Statements that cannot be in a transaction: their locks are seen while they wait for a weak one.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "sql/preview/clone.hpp"
#include "sql/preview/observation.hpp"

namespace bigocean::sql::preview {

/// Runs `sql` outside a transaction. Another session holds a row lock's table mode, ROW EXCLUSIVE, on every
/// existing table until the statement waits for it or ends; what the statement holds or asks for by then is
/// read from pg_locks. (Looking from time to time sees too little: on an empty table an index is built in a
/// millisecond.) Throws SqlError.
std::vector<Effect> run_outside(Clone& clone, std::string_view sql, const std::set<std::int64_t>& existing,
                                const Connection::Limits& limits);

}  // namespace bigocean::sql::preview
