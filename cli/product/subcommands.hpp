// The subcommands of `bigocean budget`, and what they share.
#pragma once

#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "server/product/conversation/operations.hpp"

namespace bigocean::cli {

/// What every one of them reads.
struct BudgetFlags {
  bool json = false;
};
void add_json_option(CLI::App& app, BudgetFlags& flags);

/// Makes `action` what a call of `app` does, with a connection to the database, until a signal. It returns
/// the exit code.
using BudgetAction =
    std::function<int(const config::Settings& settings, server::conversation::Operations& operations)>;
void on_budget_call(CLI::App& app, Invocation& invocation, BudgetAction action);

/// Throws base::Error(kUsage) for what is no UUID; `what` names it.
void require_uuid(const std::string& text, std::string_view what);

/// What `bigocean budget` does by itself: today against the caps.
void describe_budget_today(CLI::App& budget, Invocation& invocation);

void add_budget_analyses(CLI::App& budget, Invocation& invocation);
void add_budget_retry(CLI::App& budget, Invocation& invocation);
void add_budget_block(CLI::App& budget, Invocation& invocation);
void add_budget_unblock(CLI::App& budget, Invocation& invocation);

}  // namespace bigocean::cli
