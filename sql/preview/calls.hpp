// Does a statement call code that may read rows, and decide by them?
#pragma once

#include <string_view>

#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::preview {

/// True for DO and CALL, and for a query or a change of rows that calls a function which is not on the list
/// of harmless ones (sql/drift/reach.hpp). Tells by the text; what looks like a call counts as one.
bool runs_code(const migrate::Statement& statement, std::string_view text);

}  // namespace bigocean::sql::preview
