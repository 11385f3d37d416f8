// The subcommands of `bigocean migrate`: each file adds its own, with exactly the options that it honours.
#pragma once

#include "cli/command.hpp"

namespace bigocean::cli {

void add_up(CLI::App& migrate, Invocation& invocation);
void add_plan(CLI::App& migrate, Invocation& invocation);
void add_lint(CLI::App& migrate, Invocation& invocation);
void add_status(CLI::App& migrate, Invocation& invocation);
void add_down(CLI::App& migrate, Invocation& invocation);
void add_redo(CLI::App& migrate, Invocation& invocation);
void add_verify(CLI::App& migrate, Invocation& invocation);
void add_bless(CLI::App& migrate, Invocation& invocation);
void add_baseline(CLI::App& migrate, Invocation& invocation);
void add_adopt(CLI::App& migrate, Invocation& invocation);
void add_resolve(CLI::App& migrate, Invocation& invocation);
void add_drift(CLI::App& migrate, Invocation& invocation);
void add_dump(CLI::App& migrate, Invocation& invocation);
void add_new(CLI::App& migrate, Invocation& invocation);

/// Gives `app`, which is `migrate` itself or its subcommand `up`, the options and the action of `up`.
void describe_up(CLI::App& app, Invocation& invocation);

}  // namespace bigocean::cli
