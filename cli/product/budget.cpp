// bigocean budget: the group of its subcommands, and what they share.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>

#include "base/interrupt.hpp"
#include "cli/option_error.hpp"
#include "cli/product/subcommands.hpp"

namespace bigocean::cli {
namespace {

constexpr std::size_t kUuidLength = 36;

}  // namespace

void add_json_option(CLI::App& app, BudgetFlags& flags) {
  app.add_flag("--json", flags.json, "One JSON document");
}

void require_uuid(const std::string& text, std::string_view what) {
  const auto is_right = [&](std::size_t i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    return hyphen ? text[i] == '-' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  bool good = text.size() == kUuidLength;
  for (std::size_t i = 0; good && i < kUuidLength; ++i) good = is_right(i);
  if (good) return;
  throw base::Error(base::ExitCode::kUsage, fmt::format("`{}` is not the id of a {}", text, what),
                    "an id is a UUID, such as 0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11");
}

void on_budget_call(CLI::App& app, Invocation& invocation, BudgetAction action) {
  app.callback([&app, &invocation, action = std::move(action)] {
    // The group's own callback runs as well when a subcommand is called.
    if (!app.get_subcommands().empty()) return;
    invocation.requirements = {config::kDatabaseUrl};
    invocation.run = [action](const config::Loaded& loaded) {
      const base::SignalInterrupt interrupt(true);
      auto settings = loaded.settings.database;
      settings.connections_max = 1;
      sql::Database database(settings, "bigocean budget", &interrupt);
      server::conversation::Operations operations(database);
      return action(loaded.settings, operations);
    };
  });
}

void add_budget(CLI::App& root, Invocation& invocation) {
  CLI::App& budget = *root.add_subcommand(
      "budget",
      "Shows what calls to models have cost today, against the caps. It also shows how many analyses wait or "
      "were given up, and who has used the most. Subcommands list and retry analyses, and block people.");
  budget.require_subcommand(0, 1);
  describe_budget_today(budget, invocation);
  for (const auto add : {add_budget_analyses, add_budget_retry, add_budget_block, add_budget_unblock})
    add(budget, invocation);
  // Options in front of a subcommand are not its own.
  for (auto* subcommand : budget.get_subcommands([](CLI::App*) { return true; })) {
    subcommand->preparse_callback([&budget](std::size_t) {
      for (const auto* option : budget.get_options()) {
        if (option != budget.get_help_ptr() && option->count() > 0)
          throw MisplacedOption("--" + option->get_lnames().front());
      }
    });
  }
}

}  // namespace bigocean::cli
