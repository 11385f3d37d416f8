// bigocean migrate verify: compares every applied migration with the file here.
#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

int run(const CallFlags&, Call& call) {
  call.document.overview = call.engine.verify();
  call.output.say("every applied migration is unchanged");
  return 0;
}

}  // namespace

void add_verify(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand(
      "verify", "Compares every applied migration with the file here, and shows what differs.");
  const auto flags = std::make_shared<CallFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 6, 7}, "bigocean migrate verify"));
  on_call(app, invocation, "verify", flags, run);
}

}  // namespace bigocean::cli
