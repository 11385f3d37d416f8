// bigocean migrate redo: takes back the newest migration and applies it again.
#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/revert.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct RedoFlags : CallFlags {
  bool yes = false;
};

int run_redo(const RedoFlags& flags, Call& call) {
  const auto reversals = call.engine.redo(revert_options(flags.yes, flags.dry_run), call.document.report);
  if (flags.dry_run) show_reversals(reversals, call);
  if (reversals.empty()) {
    call.output.say("nothing to redo");
  } else if (flags.dry_run) {
    call.output.say("would apply " + reversals.front().name + " again");
    call.output.say("dry run: nothing was changed");
  } else {
    call.output.say("done: taken back and applied again");
  }
  return 0;
}

}  // namespace

void add_redo(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("redo", "Takes back the newest migration and applies it again.");
  const auto flags = std::make_shared<RedoFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_limit_options(app, invocation);
  add_blocking_options(app, invocation);
  app.add_flag("--yes", flags->yes, "Go on even if data is dropped or a down part is missing");
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 5, 6, 7, 9, 11, 130, 143}, "bigocean migrate redo --yes"));
  on_call(app, invocation, "redo", flags, run_redo);
}

}  // namespace bigocean::cli
