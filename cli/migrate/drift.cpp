// bigocean migrate drift: how the database differs from what its applied migrations make.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/drift/drift.hpp"
#include "sql/migrate/source/diff.hpp"

namespace bigocean::cli {
namespace {

using base::ExitCode;
using sql::drift::Change;
using sql::drift::Difference;

struct DriftFlags : CallFlags {
  std::vector<std::string> ignored;  ///< patterns of names that are not compared
};

std::string with_prefix(std::string_view prefix, std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines += fmt::format("\n{}{}", prefix, text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

/// "-" is what the migrations make, "+" what the database has.
std::string difference_text(const Difference& difference) {
  const auto title =
      fmt::format("{:<9} {} {}", change_name(difference.change), difference.kind, difference.identity);
  switch (difference.change) {
    case Change::kMissing:
      return title + with_prefix("  -", difference.migrations);
    case Change::kExtra:
      return title + with_prefix("  +", difference.database);
    case Change::kOrder:
      return fmt::format(
          "{}: different order of columns, which is not drift\n    migrations: {}\n    database:   {}", title,
          difference.migrations, difference.database);
    case Change::kDifferent:
      break;
  }
  auto diff = sql::migrate::diff_texts(difference.migrations, difference.database);
  if (diff.starts_with("@@ -1,")) diff.erase(0, diff.find('\n') + 1);
  return title + with_prefix("  ", diff);
}

/// Writes every difference.
int run_drift(const DriftFlags& flags, Call& call) {
  call.document.overview = call.engine.status();
  const auto& overview = *call.document.overview;
  const auto began = std::chrono::steady_clock::now();
  call.document.drift =
      sql::drift::find_drift(call.settings, overview, flags.ignored, call.output, &call.interrupt);
  const auto& drift = *call.document.drift;
  std::size_t count = 0;
  for (const auto& difference : drift.differences) {
    call.output.say(difference_text(difference));
    count += difference.change == Change::kOrder ? 0U : 1U;
  }
  const auto elapsed = base::format_elapsed(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began));
  if (!drift.found()) {
    call.output.say(fmt::format("no drift: {} matches its applied migrations ({} replayed, {})",
                                overview.target, drift.replayed, elapsed));
    return 0;
  }
  call.output.say(
      fmt::format("drift: {} difference{} between the applied migrations (-) and {} (+) ({} replayed, {})\n"
                  "write what should stay into a migration, and undo the rest in the database",
                  count, count == 1 ? "" : "s", overview.target, drift.replayed, elapsed));
  return static_cast<int>(ExitCode::kHistoryConflict);
}

}  // namespace

void add_drift(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("drift",
                                      "Compares the database with what its applied migrations make in a "
                                      "scratch database. The scratch database "
                                      "is made on the same server and always dropped.");
  const auto flags = std::make_shared<DriftFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);  // the replay is an `up` in the scratch database
  add_limit_options(app, invocation);
  add_setting(app, invocation, "--scratch-url", "migrate.scratch_url");
  add_setting(app, invocation, "--prelude", "migrate.prelude");
  app.add_option("--ignore", flags->ignored,
                 "Leave out objects of this name, and what belongs to a table of this name; * stands for any "
                 "text. May be "
                 "given more than once")
      ->type_name("PATTERN")
      ->allow_extra_args(false);
  add_output_options(app, *flags);
  app.footer(
      exit_codes_footer({0, 2, 5, 6, 7, 130, 143}, "bigocean migrate drift --ignore 'public.audit_*'"));
  on_call(app, invocation, "drift", flags, run_drift);
}

}  // namespace bigocean::cli
