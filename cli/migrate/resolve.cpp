// bigocean migrate resolve: a person decides an interrupted statement.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct ResolveFlags : CallFlags {
  std::string file;
  bool done = false, again = false;
};

int run_resolve(const ResolveFlags& flags, Call& call) {
  if (flags.done == flags.again) {
    throw base::Error(base::ExitCode::kUsage, "give either --done or --again",
                      "--done: the statement took effect; --again: run it once more");
  }
  const auto decision = call.engine.resolve(flags.file, flags.done, flags.dry_run);
  call.document.decision = decision;
  if (flags.dry_run) {
    call.output.say(fmt::format("would record statement {} of {} {}", decision.statement, decision.name,
                                flags.done ? "as done" : "as not done, to run again"));
    call.output.say("dry run: nothing was changed");
  } else {
    call.output.say("decided; bigocean migrate goes on from there");
  }
  return 0;
}

}  // namespace

void add_resolve(CLI::App& migrate, Invocation& invocation) {
  auto& app =
      *migrate.add_subcommand("resolve", "Decides an interrupted statement whose outcome is unknown.");
  const auto flags = std::make_shared<ResolveFlags>();
  app.add_option("FILE", flags->file, "Version, name or file name")->required();
  app.add_flag("--done", flags->done, "It took effect");
  app.add_flag("--again", flags->again, "Run it once more");
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 6, 7}, "bigocean migrate resolve 20260130120000_backfill --again"));
  on_call(app, invocation, "resolve", flags, run_resolve);
}

}  // namespace bigocean::cli
