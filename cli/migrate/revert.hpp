// What `bigocean migrate down` and `redo` share: the question before data is lost, and the texts of a dry
// run.
#pragma once

#include <vector>

#include "cli/migrate/call.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

/// The engine's options of a call, without steps and target; `yes` answers every question.
sql::migrate::DownOptions revert_options(bool yes, bool dry_run);

/// Writes what would be taken back, and what has to be confirmed first, and puts it into the document.
void show_reversals(const std::vector<sql::migrate::Reversal>& reversals, Call& call);

}  // namespace bigocean::cli
