// Where migrations come from: a folder, or the files in the binary.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.hpp"
#include "sql/migrate/file.hpp"

namespace bigocean::sql::migrate {

/// All migrations of a folder in the order in which they run. Sub-folders, names that start with a dot or an
/// underscore, and files that do not end in ".sql" are passed over; everything else must be a migration (so
/// ".SQL" and a folder named x.sql are faults). Symbolic links are followed. An empty folder has none. Throws
/// one base::Error(kUsage) that lists every fault (a line each): missing or unreadable folder, a name without
/// number, two files of one identity, a .down.sql without its .up.sql, what parse_migration finds.
std::vector<Migration> read_folder(const std::string& folder);

/// The same for files in the binary.
std::vector<Migration> read_embedded(std::span<const base::EmbeddedFile> files);

}  // namespace bigocean::sql::migrate
