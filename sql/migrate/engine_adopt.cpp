// The command of `bigocean migrate` that takes over another tool's history: adopt.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sql/migrate/adopt/foreign_history.hpp"
#include "sql/migrate/adopt/match.hpp"
#include "sql/migrate/formats/directory.hpp"
#include "sql/migrate/work.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::Error;
using base::ExitCode;

/// The files that the other tool says are applied. Throws when its history does not fit them.
std::vector<const Migration*> applied_there(Connection& connection, const ForeignHistory& history,
                                            const Folder& folder, const std::vector<Migration>& migrations) {
  const auto rows = read_foreign_history(connection, history);
  const bool is_drizzle = history.tool->key == ForeignKey::kJournal;
  auto matched = match(*history.tool, rows, migrations,
                       is_drizzle ? read_drizzle_journal(folder) : std::vector<JournalEntry>{});
  if (!matched.faults.empty()) {
    throw Error(ExitCode::kHistoryConflict, fmt::format("{}", fmt::join(matched.faults, "\n")),
                fmt::format("nothing was recorded; fix {}, then run the same command again",
                            matched.faults.size() == 1 ? "this" : "these"));
  }
  return std::move(matched.applied);
}

/// Sorts the plan's files into the report's lists.
void fill(AdoptReport& report, const std::vector<Migration>& migrations, const Plan& plan,
          const std::vector<const Migration*>& applied) {
  report.recorded.clear();
  report.pending.clear();
  const std::set<const Migration*> there(applied.begin(), applied.end());
  std::vector<HistoryRow> rows;  // as the history will be
  for (const auto& file : plan.files) {
    const bool unknown = file.state == FileState::kPending || file.state == FileState::kCovered;
    const bool recorded = unknown && there.count(file.migration) > 0;
    if (recorded) report.recorded.push_back(file.name);
    if (recorded || !unknown) rows.push_back({file.name, file.recorded_checksum, {}});
  }
  const Plan after = make_plan(migrations, rows);
  for (const auto* file : after.with(FileState::kPending)) report.pending.push_back(file->name);
  report.already = applied.size() - report.recorded.size();
}

}  // namespace

AdoptReport Engine::adopt(const AdoptOptions& options, Report& report) {
  auto& work = *work_;
  const auto& settings = work.settings.migrate;
  if (settings.dir.empty()) {
    throw Error(ExitCode::kUsage, "no folder of migrations is set; adopt needs the files of the other tool",
                "bigocean migrate adopt --dir FOLDER, or set migrate.dir in bigocean.toml");
  }
  const auto snapshot = work.open();
  const auto history =
      find_foreign_history(*work.connection, options.table, settings.format, options.detected);
  Folder folder(settings.dir);
  if (history.tool->format != options.detected)
    work.migrations = read_folder(folder, format_of(history.tool->format));

  AdoptReport result;
  result.tool = history.tool->name;
  result.table = history.name();
  result.format = history.tool->format;
  auto applied = applied_there(*work.connection, history, folder, work.migrations);
  auto plan = make_plan(work.migrations, snapshot.rows);
  work.refuse_conflicts(plan, report);
  fill(result, work.migrations, plan, applied);
  if (!options.apply || result.recorded.empty()) return result;

  work.require_writable(snapshot);
  plan = work.lock_and_plan_again(Work::Belongs::kHistory);
  // The other tool may have applied more while this one waited for the lock.
  applied = applied_there(*work.connection, history, folder, work.migrations);
  fill(result, work.migrations, plan, applied);
  const std::set<std::string_view> chosen(result.recorded.begin(), result.recorded.end());
  work.connection->execute("BEGIN");
  for (const auto& migration : work.migrations) {
    if (chosen.count(migration.name) > 0)
      work.record_unrun(migration, "adopt", fmt::format("{}, {}", result.tool, result.table));
  }
  work.connection->execute("COMMIT");
  result.applied = true;
  return result;
}

}  // namespace bigocean::sql::migrate
