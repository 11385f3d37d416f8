// A new, empty migration file.
#pragma once

#include <chrono>
#include <string>

namespace bigocean::sql::migrate {

/// Makes `<UTC stamp>_<name>.sql` in `folder` with both marks, and returns its path. `name` may have spaces
/// and capitals; it becomes lower case with underscores. Throws base::Error(kUsage): no such folder, no
/// usable character in the name, the file exists.
std::string make_new_file(const std::string& folder, const std::string& name,
                          std::chrono::system_clock::time_point now);

}  // namespace bigocean::sql::migrate
