// Where migrations come from: a folder, or the files in the binary.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/embedded_file.hpp"
#include "config/settings.hpp"
#include "sql/migrate/formats/format.hpp"
#include "sql/migrate/formats/inventory.hpp"
#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::migrate {

/// All migrations of a folder in the order in which they run. Every entry of it belongs to a migration, is
/// none as `inventory` then says (may be null), or is a fault: in our own format ".SQL" and a folder named
/// 1_x.sql are faults, and names that start with an underscore are not migrations. Symbolic links are
/// followed. An empty folder has none. Throws one base::Error(kUsage) that lists every fault (a line each):
/// an unreadable file, a name without number, two files of one identity, a .down.sql without its .up.sql,
/// what parse_text finds.
std::vector<Migration> read_folder(Folder& folder, const Format& format, Inventory* inventory = nullptr);

/// The same by the folder's path; `format` must not be kAuto.
std::vector<Migration> read_folder(const std::string& folder,
                                   config::MigrationFormat format = config::MigrationFormat::kNative,
                                   Inventory* inventory = nullptr);

/// The given files in the given order, under any names: each is all "up", or has marks, ours or another
/// tool's. Throws one base::Error(kUsage) that lists every fault.
std::vector<Migration> read_paths(const std::vector<std::string>& paths);

/// As read_folder, for files in the binary, in our own format.
std::vector<Migration> read_embedded(std::span<const base::EmbeddedFile> files);

}  // namespace bigocean::sql::migrate
