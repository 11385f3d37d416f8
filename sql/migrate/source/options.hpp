// Options of a migration's part: "transaction:false lock-timeout=2s".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/marks.hpp"

namespace bigocean::sql::migrate {

/// A line `-- bigocean: allow <rule> <reason>` is for lint, and may stand anywhere; all others are options.
inline constexpr std::string_view kAllowWord = "allow";
bool is_allow(std::string_view words);

/// Reads `words` (key=value or key:value, white space between) from line `line` into `options`. An unknown
/// key, a bad value and a repeated key become faults.
void read_options(std::string_view words, std::size_t line, FileOptions& options, std::vector<Fault>& faults);

}  // namespace bigocean::sql::migrate
