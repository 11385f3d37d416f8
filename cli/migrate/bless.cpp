// bigocean migrate bless: accepts the text of one edited file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct BlessFlags : CallFlags {
  std::string file, reason;
};

int run_bless(const BlessFlags& flags, Call& call) {
  const auto name = call.engine.bless(flags.file, flags.reason, flags.dry_run);
  call.document.accepted = name;
  if (flags.dry_run) {
    call.output.say(fmt::format("would accept {} as it is now", name));
    call.output.say("dry run: nothing was changed");
  } else {
    call.output.say(fmt::format("accepted {} as it is now; the reason is in the audit table", name));
  }
  return 0;
}

}  // namespace

void add_bless(CLI::App& migrate, Invocation& invocation) {
  auto& app =
      *migrate.add_subcommand("bless", "Accepts the text of one edited file; who, when and why are kept.");
  const auto flags = std::make_shared<BlessFlags>();
  app.add_option("FILE", flags->file, "Version, name or file name")->required();
  app.add_option("--reason", flags->reason, "Why the new text is right")->required()->type_name("TEXT");
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_dry_run_option(app, *flags);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer(
      {0, 2, 4, 6, 7}, "bigocean migrate bless 20260130120000_create_users --reason \"comment corrected\""));
  on_call(app, invocation, "bless", flags, run_bless);
}

}  // namespace bigocean::cli
