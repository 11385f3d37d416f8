// Another tool's history against the files: which ones it applied, and everything that does not fit.
#pragma once

#include <string>
#include <vector>

#include "sql/migrate/adopt/foreign_history.hpp"
#include "sql/migrate/formats/drizzle.hpp"
#include "sql/migrate/source/file.hpp"

namespace bigocean::sql::migrate {

struct HistoryMatch {
  std::vector<const Migration*> applied;  ///< in the order of the migrations that were given
  std::vector<std::string> faults;        ///< a line each: what is wrong, and what to do
};

/// `migrations` in order. Reads the files that have a hash to verify. `journal` is drizzle's; empty for
/// others.
HistoryMatch match(const ForeignTool& tool, const std::vector<ForeignRow>& rows,
                   const std::vector<Migration>& migrations, const std::vector<JournalEntry>& journal);

}  // namespace bigocean::sql::migrate
