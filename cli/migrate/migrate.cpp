// bigocean migrate: the group of its subcommands. Without one it is `up`.
#include <CLI/CLI.hpp>
#include <string_view>

#include "cli/command.hpp"
#include "cli/migrate/subcommands.hpp"
#include "cli/option_error.hpp"

namespace bigocean::cli {
namespace {

struct Subcommand {
  std::string_view name;
  void (*add)(CLI::App& migrate, Invocation& invocation);
};

constexpr Subcommand kSubcommands[] = {
    {"up", add_up},         {"plan", add_plan},       {"lint", add_lint},
    {"status", add_status}, {"down", add_down},       {"redo", add_redo},
    {"verify", add_verify}, {"bless", add_bless},     {"baseline", add_baseline},
    {"adopt", add_adopt},   {"resolve", add_resolve}, {"drift", add_drift},
    {"dump", add_dump},     {"new", add_new}};

/// An option before a subcommand's name counts as if it stood behind it. The group's own options are gone
/// from then on, so that none of them is taken for the subcommand's.
void hand_over_options(CLI::App& migrate, CLI::App& subcommand) {
  std::string misplaced;
  for (auto* option : migrate.get_options()) {
    if (option == migrate.get_help_ptr()) continue;
    const std::string name = "--" + option->get_lnames().front();
    auto* same = subcommand.get_option_no_throw(name);
    if (option->count() > 0) {
      if (same != nullptr) {
        same->add_result(option->results());
      } else if (misplaced.empty()) {
        misplaced = name;
      }
    }
    migrate.remove_option(option);
  }
  if (!misplaced.empty()) throw MisplacedOption(misplaced);
}

}  // namespace

void add_migrate(CLI::App& root, Invocation& invocation) {
  CLI::App& migrate = *root.add_subcommand(
      "migrate",
      "Applies pending migrations. Safe as a deploy hook: only one runs at a time, a file and its history "
      "row are one transaction, a held table lock is waited for briefly and tried again, and after an "
      "interruption the next run goes on. Without a subcommand it runs `up`, with the options below. Each "
      "subcommand has its own options; one that both have may also stand before the subcommand.");
  migrate.require_subcommand(0, 1);
  describe_up(migrate, invocation);
  for (const auto& [name, add] : kSubcommands) {
    if (invocation.describes(name)) add(migrate, invocation);
  }
  for (auto* subcommand : migrate.get_subcommands([](CLI::App*) { return true; })) {
    subcommand->preparse_callback(
        [&migrate, subcommand](std::size_t) { hand_over_options(migrate, *subcommand); });
  }
}

}  // namespace bigocean::cli
