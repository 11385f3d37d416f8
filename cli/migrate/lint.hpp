// Lint inside `bigocean migrate`: the subcommand, and the gate that `up` passes.
#pragma once

#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "cli/migrate/output.hpp"
#include "sql/migrate/engine.hpp"

namespace bigocean::cli {

/// Adds `lint` to `migrate`; `json` is that of `migrate`.
void add_migrate_lint(CLI::App& migrate, Invocation& invocation, std::shared_ptr<const bool> json);

/// Refuses pending files with findings of level error (kLintFindings), or with `allow_unsafe` warns of them.
/// Both references must outlive the engine's run.
sql::migrate::PendingHook lint_gate(const config::Settings& settings, MigrateDocument& document,
                                    MigrateOutput& output, bool allow_unsafe);

}  // namespace bigocean::cli
