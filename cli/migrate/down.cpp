// bigocean migrate down: takes back the newest migrations.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/revert.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct DownFlags : CallFlags {
  std::size_t steps = 1;
  std::string to;
  bool yes = false;
};

int run_down(const DownFlags& flags, Call& call) {
  auto options = revert_options(flags.yes, flags.dry_run);
  options.steps = flags.steps;
  options.to = flags.to;
  const auto reversals = call.engine.down(options, call.document.report);
  if (flags.dry_run) show_reversals(reversals, call);
  if (reversals.empty()) {
    call.output.say("nothing to take back");
  } else if (flags.dry_run) {
    call.output.say(fmt::format("dry run: {} to take back, nothing was changed", reversals.size()));
  } else {
    call.output.say(
        fmt::format("done: {} taken back ({})", reversals.size(), base::format_elapsed(call.elapsed())));
  }
  return 0;
}

}  // namespace

void add_down(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("down", "Takes back the newest migrations by their down parts.");
  const auto flags = std::make_shared<DownFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_limit_options(app, invocation);
  add_blocking_options(app, invocation);
  auto* steps = app.add_option("--steps", flags->steps, "How many migrations")
                    ->check(CLI::PositiveNumber)
                    ->type_name("N")
                    ->capture_default_str();
  add_text_option(app, "--to", flags->to, "VERSION", "Take back everything after this version or name")
      ->excludes(steps);
  app.add_flag("--yes", flags->yes, "Go on even if data is dropped or a down part is missing");
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 5, 6, 7, 9, 11, 130, 143}, "bigocean migrate down --steps 1"));
  on_call(app, invocation, "down", flags, run_down);
}

}  // namespace bigocean::cli
