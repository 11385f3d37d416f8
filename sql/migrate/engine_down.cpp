// The commands of `bigocean migrate` that take back: down, redo.
#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/formats/format.hpp"
#include "sql/migrate/work.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::Error;
using base::ExitCode;

bool drops_data(const Job& job) {
  return std::any_of(job.script.statements.begin(), job.script.statements.end(), [](const Statement& s) {
    const auto& words = s.words;
    if (words.starts_with("DROP TABLE") || words.starts_with("DROP SCHEMA") ||
        words.starts_with("DROP DATABASE") || words.starts_with("DROP MATERIALIZED") ||
        words.starts_with("TRUNCATE") || words.starts_with("DELETE")) {
      return true;
    }
    return words.starts_with("ALTER TABLE") && words.find(" DROP ") != std::string::npos &&
           words.find(" DROP CONSTRAINT") == std::string::npos &&
           words.find(" DROP DEFAULT") == std::string::npos &&
           words.find(" DROP NOT NULL") == std::string::npos;
  });
}

/// The newest applied files first, as many as the options ask for.
std::vector<const PlannedFile*> choose(const Plan& plan, const DownOptions& options,
                                       const std::vector<Migration>& migrations) {
  std::vector<const PlannedFile*> chosen;
  const Migration* keep = options.to.empty() ? nullptr : &find_migration(migrations, options.to);
  const std::size_t most = keep != nullptr ? plan.files.size() : options.steps.value_or(1);
  for (auto file = plan.files.rbegin(); file != plan.files.rend() && chosen.size() < most; ++file) {
    if (keep != nullptr && file->migration == keep) break;
    if (file->state != FileState::kPending) chosen.push_back(&*file);
  }
  return chosen;
}

void ask(const DownOptions& options, const std::string& question) {
  if (options.confirm && options.confirm(question)) return;
  throw Error(ExitCode::kUsage, fmt::format("stopped: {}", question),
              "nothing was changed; give --yes if that is what you want");
}

void refuse_undoable(const PlannedFile& file) {
  if (file.state == FileState::kEdited) {
    throw Error(ExitCode::kHistoryConflict,
                fmt::format("{} was edited after it was applied; its down part may not fit", file.name),
                "restore the file, or accept it with bigocean migrate bless FILE --reason TEXT");
  }
  if (file.state == FileState::kRunning) {
    throw Error(ExitCode::kHistoryConflict, fmt::format("{} is half applied", file.name),
                "finish it with bigocean migrate up, then take it back");
  }
}

/// Before it is taken back: what could not be applied again afterwards.
void refuse_unrepeatable(const PlannedFile& file) {
  if (file.migration == nullptr) {
    throw Error(
        ExitCode::kHistoryConflict,
        fmt::format("{} is not among the files here: it could not be applied again", file.name),
        "run redo with the version of the files that has it, or take it back with bigocean migrate down");
  }
  choose_mode(Job(*file.migration, Direction::kUp, 0, 0));
}

/// What `down` does, decided before the first file is taken back.
struct Retreat {
  std::vector<const PlannedFile*> files;  ///< newest first
  std::vector<Migration> from_database;   ///< of files that are not here: the history has kept their text
  std::vector<const Migration*> migrations;
  std::vector<Reversal> reversals;
};

/// The text as applied of a file that is not here.
Migration kept_migration(History& history, const std::string& name) {
  const auto text = history.text(name);
  if (!text) {
    throw Error(ExitCode::kHistoryConflict,
                fmt::format("{} is not among the files here, and its text was not kept", name),
                "run down with the version of the files that has it");
  }
  const FileName whole{FileName::Role::kWhole, name, std::string(leading_digits(name))};
  Migration migration = parse_text(whole, name + " (as applied)", *text, detect_dialect(*text));
  migration.of_other_tool = true;  // possibly; it is known to have run
  return migration;
}

Reversal reversal_of(const Migration& migration) {
  Reversal reversal;
  reversal.name = migration.name;
  reversal.has_down = migration.down.has_value();
  if (!reversal.has_down) {
    reversal.question = fmt::format(
        "{} has no down part: only its history row would be removed, what it did would stay", migration.name);
    return reversal;
  }
  const Job job(migration, Direction::kDown, 0, 0);
  choose_mode(job);
  reversal.statements = job.script.statements.size();
  if (drops_data(job)) reversal.question = fmt::format("the down part of {} drops data", migration.name);
  return reversal;
}

/// Throws for what cannot be taken back.
Retreat decide(const Plan& plan, const DownOptions& options, const std::vector<Migration>& migrations,
               History& history) {
  Retreat retreat;
  retreat.files = choose(plan, options, migrations);
  retreat.from_database.reserve(retreat.files.size());
  for (const auto* file : retreat.files) {
    refuse_undoable(*file);
    if (options.again) refuse_unrepeatable(*file);
    if (file->migration == nullptr) retreat.from_database.push_back(kept_migration(history, file->name));
    const auto* migration = file->migration != nullptr ? file->migration : &retreat.from_database.back();
    retreat.migrations.push_back(migration);
    retreat.reversals.push_back(reversal_of(*migration));
  }
  return retreat;
}

}  // namespace

std::vector<Reversal> Engine::down(const DownOptions& options, Report& report) {
  auto& work = *work_;
  const auto plan = work.plan_to_change(options.dry_run);
  const auto retreat = decide(plan, options, work.migrations, *work.history);
  const std::size_t count = retreat.files.size();
  report.pending = count;
  if (options.dry_run) return retreat.reversals;

  for (const auto& reversal : retreat.reversals) {
    if (!reversal.question.empty()) ask(options, reversal.question);
  }
  work.emit(EventKind::kPlan, "", "down", 0, count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& migration = *retreat.migrations[i];
    if (work.renew_session()) work.lock_again_for(retreat.files, i);
    if (migration.down) {
      const Job job(migration, Direction::kDown, i + 1, count);
      try {
        work.run_job(job, retreat.files[i]->state == FileState::kReverting, report);
      } catch (const LockGivenAway&) {
        if (work.renew_session()) work.lock_again_for(retreat.files, i + 1);
        work.run_job(job, true, report);
      }
      continue;
    }
    work.connection->execute(
        "BEGIN;" + work.history->forget_sql(migration.name) +
        work.history->event_sql(migration.name, "forget", "no down part", migration.checksum, "") + "COMMIT");
    report.files.push_back({migration.name, "down", std::chrono::microseconds{0}, 0, 0});
    work.emit(EventKind::kNote, migration.name, "had no down part; its history row was removed");
  }
  return retreat.reversals;
}

std::vector<Reversal> Engine::redo(const DownOptions& options, Report& report) {
  DownOptions one = options;
  one.steps = 1;
  one.to.clear();
  one.again = true;
  auto reversals = down(one, report);
  if (reversals.empty() || options.dry_run) return reversals;
  const auto& name = reversals.front().name;
  auto plan = work_->renew_session() ? work_->lock_and_plan_again()
                                     : make_plan(work_->migrations, work_->history->read().rows);
  const auto choose = [&](const Plan& now) {
    std::vector<const PlannedFile*> chosen;
    for (const auto& file : now.files) {
      if (file.name == name && file.migration != nullptr && file.state != FileState::kApplied)
        chosen.push_back(&file);
    }
    return chosen;
  };
  work_->run_files(std::move(plan), choose, report);
  return reversals;
}

}  // namespace bigocean::sql::migrate
