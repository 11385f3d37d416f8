// The commands of `bigocean migrate` that change the history and not the schema: bless, baseline, resolve.
#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/work.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::Error;
using base::ExitCode;

const PlannedFile& row_of(const Plan& plan, const Migration& migration) {
  const auto found = std::find_if(plan.files.begin(), plan.files.end(),
                                  [&](const PlannedFile& file) { return file.name == migration.name; });
  if (found->state == FileState::kPending || found->state == FileState::kCovered) {
    throw Error(ExitCode::kUsage, fmt::format("{} is not applied yet", migration.name),
                "bigocean migrate up applies it");
  }
  return *found;
}

}  // namespace

std::string Engine::bless(const std::string& name, const std::string& reason, bool dry_run) {
  auto& work = *work_;
  work.read_files();
  const auto& migration = find_migration(work.migrations, name);
  const auto plan = work.plan_to_change(dry_run);
  const auto& file = row_of(plan, migration);
  if (file.state == FileState::kApplied) {
    throw Error(
        ExitCode::kUsage,
        fmt::format("{} is unchanged since it was applied: there is nothing to accept", migration.name));
  }
  if (file.state != FileState::kEdited) {
    throw Error(ExitCode::kHistoryConflict,
                fmt::format("{} is {}", migration.name, file_state_name(file.state)),
                "finish it with bigocean migrate up first");
  }
  if (dry_run) return migration.name;
  auto& history = *work.history;
  work.connection->execute(
      "BEGIN;" + history.renew_text_sql(migration) +
      history.event_sql(migration.name, "bless", reason, file.recorded_checksum, migration.checksum));
  store_text(*work.connection, history, migration, work.settings.migrate.batch_bytes);
  work.connection->execute("COMMIT");
  return migration.name;
}

std::vector<std::string> Engine::baseline(const std::string& version, bool dry_run) {
  auto& work = *work_;
  work.read_files();
  const auto& last = find_migration(work.migrations, version);
  const auto plan = work.plan_to_change(dry_run, Work::Belongs::kHistory);
  std::vector<const Migration*> chosen;
  std::vector<std::string> names;
  for (const auto& file : plan.files) {
    const bool waits = file.state == FileState::kPending || file.state == FileState::kCovered;
    // A baseline migration is applied if the files that it stands for are not here.
    const bool other_way = waits && file.migration->baseline && file.migration != &last && !names.empty();
    if (waits && !other_way) {
      chosen.push_back(file.migration);
      names.push_back(file.name);
    }
    if (file.migration == &last) break;
  }
  if (dry_run) return names;
  work.connection->execute("BEGIN");
  for (const auto* migration : chosen) work.record_unrun(*migration, "baseline", "");
  work.connection->execute("COMMIT");
  return names;
}

Decision Engine::resolve(const std::string& name, bool done, bool dry_run) {
  auto& work = *work_;
  work.read_files();
  const auto& migration = find_migration(work.migrations, name);
  const auto plan = work.plan_to_change(dry_run);
  const auto& file = row_of(plan, migration);
  auto& history = *work.history;
  const auto direction = file.state == FileState::kReverting ? Direction::kDown : Direction::kUp;
  const Job job(migration, direction, 1, 1);
  const auto key = job.journal_key();
  const auto steps = history.steps(key);
  if (steps.empty() || steps.back().done) {
    throw Error(ExitCode::kUsage, fmt::format("no statement of {} has an unknown outcome", migration.name),
                "bigocean migrate status shows every file's state");
  }
  Step step = steps.back();
  const Decision decision{migration.name, step.ordinal};
  if (dry_run) return decision;
  step.done = true;
  work.connection->execute(
      "BEGIN;" + (done ? history.step_sql(key, step) : history.unbegin_step_sql(key, step.ordinal)) +
      history.event_sql(migration.name, done ? "resolve done" : "resolve again",
                        fmt::format("statement {}", step.ordinal), "", "") +
      "COMMIT");
  return decision;
}

}  // namespace bigocean::sql::migrate
