// drizzle's journal: which migrations there are, in what order, and when each was made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sql/migrate/source/folder.hpp"

namespace bigocean::sql::migrate {

struct JournalEntry {
  std::int64_t index = 0;
  std::int64_t when = 0;  ///< milliseconds since 1970; the history has it as created_at
  std::string tag;        ///< the file's name without ".sql"
};

/// The entries of meta/_journal.json in its order, which is that of drizzle's migrator; empty when the folder
/// has none (drizzle 1.0). Throws base::Error(kUsage) if it is not a journal.
std::vector<JournalEntry> read_drizzle_journal(const Folder& folder);

}  // namespace bigocean::sql::migrate
