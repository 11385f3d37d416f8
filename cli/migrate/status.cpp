// bigocean migrate status: every migration with its state.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"

namespace bigocean::cli {
namespace {

using base::ExitCode;
using sql::migrate::FileState;

struct StatusFlags : CallFlags {
  bool check = false;
};

int run_status(const StatusFlags& flags, Call& call) {
  call.document.overview = call.engine.status();
  const auto& overview = *call.document.overview;
  std::size_t applied = 0, pending = 0, wrong = 0, ahead = 0;
  call.output.say(overview.target);
  for (const auto& file : overview.plan.files) {
    call.output.say(fmt::format("  {:<13} {}{}", file_state_name(file.state), file.name,
                                file.out_of_order ? "  (older than the newest applied one)" : ""));
    applied += file.state == FileState::kApplied ? 1U : 0U;
    pending += file.state == FileState::kPending ? 1U : 0U;
    ahead += file.state == FileState::kAhead ? 1U : 0U;
    wrong += file.state == FileState::kEdited || file.state == FileState::kRunning ||
                     file.state == FileState::kReverting
                 ? 1U
                 : 0U;
  }
  call.output.say(fmt::format("{} applied, {} pending, {} edited or half applied, {} ahead", applied, pending,
                              wrong, ahead));
  if (!flags.check) return 0;
  if (wrong > 0 || (ahead > 0 && call.settings.migrate.no_ahead))
    return static_cast<int>(ExitCode::kHistoryConflict);
  return pending > 0 ? static_cast<int>(ExitCode::kNotUpToDate) : 0;
}

}  // namespace

void add_status(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("status", "Lists every migration with its state.");
  const auto flags = std::make_shared<StatusFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  app.add_flag("--check", flags->check,
               "Exit 3 when something is pending, 6 when something is edited or half applied");
  add_setting(app, invocation, "--no-ahead", "migrate.no_ahead");
  add_output_options(app, *flags);
  add_html_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 3, 6, 7}, "bigocean migrate status --check"));
  on_call(app, invocation, "status", flags, run_status);
}

}  // namespace bigocean::cli
