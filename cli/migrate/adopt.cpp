// bigocean migrate adopt: says what it would take over, or did.
#include "cli/migrate/adopt.hpp"

#include <fmt/format.h>

#include "sql/migrate/formats/format.hpp"

namespace bigocean::cli {

int adopt(sql::migrate::Engine& engine, const sql::migrate::AdoptOptions& options, MigrateOutput& output,
          MigrateDocument& document) {
  document.adoption = engine.adopt(options, document.report);
  const auto& report = *document.adoption;
  output.say(fmt::format("history of {} found in {}", report.tool, report.table));
  for (const auto& name : report.recorded) output.say((report.applied ? "recorded  " : "to record ") + name);
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
  output.say(fmt::format("{} recorded as applied, none was run; {} is as it was", report.recorded.size(),
                         report.table));
  if (report.format != options.detected) {
    output.say(fmt::format("set migrate.format = \"{}\" from now on: the folder alone does not show it",
                           sql::migrate::format_of(report.format).name));
  }
  return 0;
}

}  // namespace bigocean::cli
