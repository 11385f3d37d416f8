// Changes of a column's type that leave the rows as they are.
#pragma once

#include <string>

#include "sql/lint/statement.hpp"

namespace bigocean::sql::lint {

/// True when PostgreSQL changes the catalogue only (ALTER TABLE, "Notes": the old type is binary coercible to
/// the new one, and no length is checked again).
bool is_widening(const Type& from, const Type& to);

/// "varchar(20)", "timestamptz[]".
std::string type_text(const Type& type);

}  // namespace bigocean::sql::lint
