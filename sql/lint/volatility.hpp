// Whether a function's value holds for a whole statement: then a column with it as default is added without
// rewriting the table.
#pragma once

#include <string_view>

namespace bigocean::sql::lint {

enum class Volatility { kUnknown, kNotVolatile, kVolatile };

/// What is known of a function by its name alone, without a database: of the common ones of PostgreSQL and
/// its extensions. Source: pg_proc.provolatile of PostgreSQL 16, 17 and 18.
Volatility known_volatility(std::string_view function);

}  // namespace bigocean::sql::lint
