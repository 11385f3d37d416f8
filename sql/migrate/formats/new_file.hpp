// A new, empty migration file.
#pragma once

#include <chrono>
#include <string>

#include "config/settings.hpp"

namespace bigocean::sql::migrate {

/// Makes the file or files of a new migration in `folder`, as the tool whose format the folder has would, and
/// returns the path of the one to write SQL into. `name` may have spaces and capitals; it becomes lower case
/// with underscores. Throws base::Error(kUsage): no such folder, no usable character in the name, the file
/// exists, a folder that looks like two tools'. A dry run checks the same, and makes nothing.
std::string make_new_file(const std::string& folder, config::MigrationFormat format, const std::string& name,
                          std::chrono::system_clock::time_point now, bool dry_run);

}  // namespace bigocean::sql::migrate
