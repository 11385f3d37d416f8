// The gate of lint that `bigocean migrate up` passes.
#pragma once

#include "cli/migrate/output.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

/// Refuses pending files with findings of level error (kLintFindings), or with `allow_unsafe` warns of them.
/// Both references must outlive the engine's run.
sql::migrate::PendingHook lint_gate(const config::Settings& settings, MigrateDocument& document,
                                    MigrateOutput& output, bool allow_unsafe);

}  // namespace bigocean::cli
