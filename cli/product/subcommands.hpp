// The subcommands of `bigocean budget`, and what they share.
#pragma once

#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "server/product/conversation/operations.hpp"

namespace bigocean::cli {

/// The flags that each of them has.
struct BudgetFlags {
  bool json = false;
};
void add_json_option(CLI::App& app, BudgetFlags& flags);

/// Lets a call of `app` run `action`, with a connection to the database that a signal interrupts. The action
/// returns the exit code.
using BudgetAction =
    std::function<int(const config::Settings& settings, server::conversation::Operations& operations)>;
void on_budget_call(CLI::App& app, Invocation& invocation, BudgetAction action);

/// Throws base::Error(kUsage) if `text` is not a UUID; `what` names it in the message.
void require_uuid(const std::string& text, std::string_view what);

/// What `bigocean budget` does by itself: today against the caps.
void describe_budget_today(CLI::App& budget, Invocation& invocation);

void add_budget_analyses(CLI::App& budget, Invocation& invocation);
void add_budget_retry(CLI::App& budget, Invocation& invocation);
void add_budget_block(CLI::App& budget, Invocation& invocation);
void add_budget_unblock(CLI::App& budget, Invocation& invocation);

}  // namespace bigocean::cli
