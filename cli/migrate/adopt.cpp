// bigocean migrate adopt: takes over another tool's history.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/call.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/migrate/formats/format.hpp"

namespace bigocean::cli {
namespace {

struct AdoptFlags : CallFlags {
  bool apply = false;
  std::string table;
};

int run_adopt(const AdoptFlags& flags, Call& call) {
  call.engine.read_files();
  call.document.dry_run = !flags.apply;
  const sql::migrate::AdoptOptions options{flags.table, call.detection.format->id, flags.apply};
  call.document.adoption = call.engine.adopt(options, call.document.report);
  const auto& report = *call.document.adoption;
  auto& output = call.output;
  output.say(fmt::format("history of {} found in {}", report.tool, report.table));
  for (const auto& name : report.recorded)
    output.say((report.applied ? "recorded  " : "would record ") + name);
  for (const auto& name : report.pending) output.say("pending   " + name);
  if (report.recorded.empty()) {
    output.say(fmt::format("nothing to adopt: {} recorded already, {} pending", report.already,
                           report.pending.size()));
    return 0;
  }
  if (!report.applied) {
    output.say(fmt::format("dry run: {} to record as applied; bigocean migrate adopt --apply does it",
                           report.recorded.size()));
    return 0;
  }
  output.say(fmt::format("{} recorded as applied, none was run; {} is unchanged", report.recorded.size(),
                         report.table));
  if (report.format != options.detected) {
    output.say(fmt::format("set migrate.format = \"{}\" from now on: the folder alone does not show it",
                           sql::migrate::format_of(report.format).name));
  }
  return 0;
}

}  // namespace

void add_adopt(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("adopt",
                                      "Takes over what dbmate, golang-migrate, goose, Flyway, sqlx, drizzle, "
                                      "Prisma, diesel or node-pg-migrate "
                                      "has applied: shows it, and with --apply records it.");
  const auto flags = std::make_shared<AdoptFlags>();
  add_source_options(app, invocation);
  add_history_options(app, invocation);
  add_lock_options(app, invocation);
  add_order_options(app, invocation);
  add_text_option(app, "--table", flags->table, "SCHEMA.NAME",
                  "The other tool's history table, if it does not have the usual name");
  auto* apply = app.add_flag("--apply", flags->apply, "Record it; without this flag, nothing is written");
  add_dry_run_option(app, *flags)->excludes(apply);
  add_output_options(app, *flags);
  app.footer(exit_codes_footer({0, 2, 4, 6, 7}, "bigocean migrate adopt --dir db/migrations --apply"));
  on_call(app, invocation, "adopt", flags, run_adopt);
}

}  // namespace bigocean::cli
