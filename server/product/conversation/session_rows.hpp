// Reads a session from its row.
#pragma once

#include <string>

#include "server/product/conversation/records.hpp"

namespace bigocean::server::conversation {

/// Columns of a session `s` and its person `u`.
const std::string& session_columns();

/// Reads session_columns(), which must be the first columns.
Session session_of(const sql::Rows& rows, std::size_t row);

}  // namespace bigocean::server::conversation
