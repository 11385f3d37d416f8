// Statements that take effect outside their database.
#pragma once

#include <string_view>
#include <vector>

#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::drift {

/// Whether the statement changes roles and their membership, other databases, tablespaces, subscriptions, or
/// settings of the server. `words` are migrate::Statement's. What a DO block or a function does is not seen:
/// the role that runs it, or reach.hpp, covers that.
bool is_server_wide(std::string_view statement, std::string_view words);

/// Throws base::Error(kUsage) that names every such statement with its place: to run it again would change
/// the server once more.
void refuse_server_wide(const std::vector<migrate::Migration>& migrations);

}  // namespace bigocean::sql::drift
