// bigocean migrate baseline: records files as applied without running them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct BaselineFlags : CallFlags {
  std::string version;
};

int run_baseline(const BaselineFlags& flags, Call& call) {
  call.document.recorded = call.engine.baseline(flags.version, flags.dry_run);
  const auto& recorded = call.document.recorded;
  for (const auto& name : recorded) call.output.say((flags.dry_run ? "would record " : "recorded  ") + name);
  call.output.say(flags.dry_run
                      ? fmt::format("dry run: {} to record as applied, nothing was changed", recorded.size())
                      : fmt::format("{} recorded as applied, none was run", recorded.size()));
  return 0;
}

}  // namespace

void add_baseline(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("baseline",
                                      "Records everything up to a version as applied, without running it.");
  const auto flags = std::make_shared<BaselineFlags>();
  app.add_option("VERSION", flags->version, "Version or name")->required();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 6, 7}, "bigocean migrate baseline 20260130120000"));
  on_call(app, invocation, "baseline", flags, run_baseline);
}

}  // namespace bigocean::cli
