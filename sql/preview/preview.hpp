// Tries pending files in a clone of the live schema, and says what the server did.
#pragma once

#include <vector>

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "sql/lint/file.hpp"
#include "sql/lint/outlook.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::preview {

/// Runs each file statement by statement, as `up` would, in a clone of the database of `live`, and asks the
/// server after each: locks on tables that were there, files rewritten, tables scanned, what is gone. Sizes,
/// traffic and blockers are those of the live database. What an empty clone cannot show is unknown:
/// procedural code that reads a table which has rows, what fails there, what is never run there (roles,
/// databases, settings of the server, rows of COPY). The verdict is from what was observed. Throws
/// base::Error(kUsage) where no clone can be made safely, and what Clone and Connection throw.
lint::Outlook observe(const config::Settings& settings, Connection& live,
                      const std::vector<lint::File>& files, const base::Interrupt* interrupt);

}  // namespace bigocean::sql::preview
