// Pieces that the readers of parse trees share. Used by read*.cpp only.
#pragma once

#include <vector>

#include "sql/lint/statement.hpp"
#include "sql/lint/tree.hpp"

namespace bigocean::sql::lint {

/// A RangeVar: {schemaname, relname}.
Name range_name(const Node& range);
/// A list of String nodes: ["schema", "name"], of which the last `skip` are something else.
Name list_name(const Node& list, std::size_t skip = 0);
Type read_type(const Node& type_name);
bool is_cascade(const Node& statement);

/// Steps of CREATE TABLE and ALTER TABLE, appended to `steps`.
void read_create_table(const Node& statement, std::vector<Step>& steps);
void read_alter_table(const Node& statement, std::string_view text, std::vector<Step>& steps);

}  // namespace bigocean::sql::lint
