// Options of a migration's part: "transaction:false lock-timeout=2s".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/file.hpp"
#include "sql/migrate/marks.hpp"

namespace bigocean::sql::migrate {

/// Reads `words` (key=value or key:value, white space between) from line `line` into `options`. An unknown
/// key, a bad value and a key that is there already become faults.
void read_options(std::string_view words, std::size_t line, FileOptions& options, std::vector<Fault>& faults);

}  // namespace bigocean::sql::migrate
