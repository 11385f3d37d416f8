// Finds where a file outside a transaction goes on after an interruption.
#pragma once

#include <string>

#include "sql/migrate/run/journal.hpp"

namespace bigocean::sql::migrate {

/// How many statements are done, by the journal and, for one that had begun and not ended, by the catalogue;
/// the journal then records that, too. Session settings of the part that is done are in force again. Throws
/// MigrationError(kHistoryConflict) where the text that is done has changed, and if it is unknown whether a
/// statement was done: then the hint has the commands that decide it.
std::size_t find_resume_point(RunContext& context, const Job& job, Journal& journal);

/// The two commands that decide a statement of which it is unknown whether it was done.
std::string resolve_hint(const Job& job);

}  // namespace bigocean::sql::migrate
