// The commands of `bigocean migrate` that apply and show: up, preview, status, verify.
#include "sql/migrate/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/span.hpp"
#include "base/text.hpp"
#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/lock_retry.hpp"
#include "sql/migrate/source/diff.hpp"
#include "sql/migrate/work.hpp"

namespace bigocean::sql::migrate {

using base::Error;
using base::ExitCode;

namespace {

std::string direction_name(Direction direction) { return direction == Direction::kUp ? "up" : "down"; }

/// Of a file's span.
std::string error_type(const MigrationError& error) {
  return error.sqlstate.empty() ? "exit_" + std::to_string(static_cast<int>(error.code)) : error.sqlstate;
}

}  // namespace

const Migration& find_migration(const std::vector<Migration>& migrations, const std::string& name) {
  std::vector<const Migration*> found;
  std::vector<std::string_view> names;
  for (const auto& migration : migrations) {
    names.push_back(migration.name);
    if (migration.name == name || migration.name + ".sql" == name) return migration;
    if (migration.version == name) found.push_back(&migration);
  }
  // A version names the migration; a baseline of the same version is named by its full name.
  if (found.size() > 1)
    found.erase(std::remove_if(found.begin(), found.end(), [](const Migration* m) { return m->baseline; }),
                found.end());
  if (found.size() == 1) return *found.front();
  if (found.size() > 1) {
    throw Error(ExitCode::kUsage,
                fmt::format("version {} is not unique: {} and {}", name, found[0]->name, found[1]->name),
                "give the full name");
  }
  throw Error(ExitCode::kUsage,
              fmt::format("no migration is called {}{}", name, base::did_you_mean(name, names)),
              "bigocean migrate status lists them");
}

Engine::Engine(const config::Settings& settings, FileSource source, Sink& sink,
               const base::Interrupt* interrupt)
    : work_(std::make_unique<Work>(settings, std::move(source), sink, interrupt)) {}

Engine::~Engine() = default;

void Engine::read_files() { work_->read_files(); }

void Engine::on_pending(PendingHook hook) { work_->pending_hook = std::move(hook); }

void Engine::up(const std::string& to, Report& report) { work_->up(to, report); }

std::vector<FilePreview> Engine::preview(const std::string& to, Report& report) {
  const auto snapshot = work_->open();
  const auto plan = make_plan(work_->migrations, snapshot.rows);
  const auto files = work_->to_run(plan, to);
  if (!files.empty()) work_->require_own_database(plan, Work::Belongs::kTables);
  work_->refuse_conflicts(plan, report);
  work_->check_jobs(files);
  work_->ask_hook(files, false);
  std::vector<FilePreview> previews;
  for (const auto* file : files) {
    const Job& job = work_->jobs.at(file->name);
    const auto mode = choose_mode(job);
    const auto timeouts = file_timeouts(job.script, job.options, work_->settings.migrate);
    previews.push_back({file->name, job.script.statements.size(), job.text.size(), mode.transaction,
                        mode.reason, base::format_duration(timeouts.lock), file->out_of_order});
  }
  report.pending = previews.size();
  return previews;
}

Overview Engine::status() {
  const auto snapshot = work_->open();
  return {make_plan(work_->migrations, snapshot.rows), work_->target(), work_->connection->server_version()};
}

Overview Engine::verify() {
  auto overview = status();
  std::string message;
  for (const auto& file : overview.plan.files) {
    if (file.state == FileState::kEdited) {
      message += work_->edited_message(file) + "\n";
    } else if (file.state == FileState::kRunning || file.state == FileState::kReverting) {
      message += fmt::format("{} is {}\n", file.name, file_state_name(file.state));
    }
  }
  if (!message.empty()) {
    message.pop_back();
    throw Error(ExitCode::kHistoryConflict, message,
                "restore an edited file, or accept it with bigocean migrate bless FILE --reason TEXT; "
                "bigocean migrate up "
                "finishes a half-applied one");
  }
  return overview;
}

bool Engine::Work::has_nothing_to_do(const std::string& to, Report& report) {
  const auto rows = history->rows();
  if (!rows) return false;
  const auto plan = make_plan(migrations, *rows);
  if (!to_run(plan, to).empty()) return false;
  refuse_conflicts(plan, report);
  report.already_applied = plan.with(FileState::kApplied).size();
  return true;
}

void Engine::Work::up(const std::string& to, Report& report) {
  connect();
  if (has_nothing_to_do(to, report)) return;
  auto snapshot = read_history();
  auto plan = make_plan(migrations, snapshot.rows);
  require_own_database(plan, Belongs::kHistory);
  refuse_conflicts(plan, report);
  report.already_applied = plan.with(FileState::kApplied).size();
  if (!to_run(plan, to).empty()) {
    check_jobs(to_run(plan, to));
    require_writable(snapshot);
    plan = lock_and_plan_again(Belongs::kTables);
    refuse_conflicts(plan, report);
    report.already_applied = plan.with(FileState::kApplied).size();
    const auto files = to_run(plan, to);
    check_jobs(files);  // another session may have taken something back meanwhile
    // Not before the lock: this run must not refuse what another run is about to apply.
    ask_hook(files, true);
    note_started(files);
    run_files(
        std::move(plan), [&](const Plan& now) { return to_run(now, to); }, report);
  }
}

void Engine::Work::check_jobs(const std::vector<const PlannedFile*>& files) {
  std::string faults;
  for (const auto* file : files) {
    if (jobs.contains(file->name)) continue;
    try {
      jobs.emplace(file->name, Job(*file->migration, Direction::kUp, 0, 0));
      choose_mode(jobs.at(file->name));
    } catch (const Error& error) {
      if (files.size() == 1) throw;
      faults +=
          (faults.empty() ? "" : "\n") + error.message + (error.hint.empty() ? "" : "\n  → " + error.hint);
    }
  }
  if (!faults.empty()) throw Error(ExitCode::kUsage, faults, "correct the files; nothing was applied");
}

void Engine::Work::ask_hook(const std::vector<const PlannedFile*>& files, bool may_let_through) {
  if (!pending_hook || files.empty()) return;
  std::set<std::pair<std::string, std::string>> started;
  if (may_let_through) started = history->started();
  std::vector<const Job*> all;
  std::set<std::string> let_through;
  for (const auto* file : files) {
    all.push_back(&jobs.at(file->name));
    if (started.contains({file->name, file->migration->checksum})) let_through.insert(file->migration->path);
  }
  expected_locks = pending_hook(*connection, all, let_through);
}

void Engine::Work::note_started(const std::vector<const PlannedFile*>& files) {
  if (!pending_hook || files.empty()) return;
  std::vector<const Migration*> started;
  for (const auto* file : files) started.push_back(file->migration);
  connection->execute(history->started_sql(started));
}

void Engine::Work::run_files(Plan plan, const Choose& choose, Report& report) {
  auto files = choose(plan);
  report.pending = files.size();
  if (files.empty()) return;  // another migrate did it while this one waited for the lock
  emit(EventKind::kPlan, "", "", 0, files.size());
  if (!monitor.connect()) {
    emit(EventKind::kWarning, "",
         "no second session can be had, so it is not known who waits for this run; max-blocking cannot be "
         "kept: " +
             monitor.why());
  }
  // However the run ends, what it says is applied has to outlive a power cut.
  const auto end_run = [&] {
    if (!report.files.empty() && connection) make_durable(*connection, *history, report.files.back().name);
  };
  try {
    for (std::size_t done = 0, index = 0; done < files.size();) {
      if (renew_session()) {
        plan = lock_and_plan_again();
        refuse_conflicts(plan, report);
        files = choose(plan);
        check_jobs(files);
        report.pending = report.files.size() + files.size();
        done = 0;
        continue;
      }
      if (run_file(*files[done], index + 1, report.pending, report)) {
        ++done;
        ++index;
      }
    }
  } catch (...) {
    end_run();
    throw;
  }
  end_run();
}

bool Engine::Work::run_file(const PlannedFile& file, std::size_t index, std::size_t count, Report& report) {
  auto found = jobs.find(file.name);
  Job job =
      found != jobs.end() ? std::move(found->second) : Job(*file.migration, Direction::kUp, index, count);
  if (found != jobs.end()) jobs.erase(found);
  job.index = index;
  job.count = count;
  if (const auto expected = expected_locks.find(job.path); expected != expected_locks.end())
    job.locks = expected->second;
  if (file.out_of_order) {
    emit(EventKind::kNote, file.name, "is older than the newest applied migration, and is applied now");
  }
  try {
    run_job(job, file.state == FileState::kRunning, report);
  } catch (const LockGivenAway&) {
    emit(EventKind::kWarning, file.name,
         "released the migration lock; taking it again before the file goes on");
    return false;
  }
  return true;
}

void Engine::Work::run_job(const Job& job, bool resumes, Report& report) {
  const auto began = Clock::now();
  const auto& name = job.migration.name;
  emit(EventKind::kFileStart, name, "", job.index, job.count);
  auto context = make_context();
  base::Span span(direction_name(job.direction) + " " + name);
  span.set("bigocean.migration.name", name);
  FileResult result;
  result.name = name;
  result.direction = direction_name(job.direction);
  result.statements = job.script.statements.size();
  const auto mode = choose_mode(job);
  if (result.statements == 0) {
    report.warnings.push_back(fmt::format("{} has no statement to run, and counts as applied", name));
    emit(EventKind::kWarning, name, report.warnings.back());
  }
  try {
    bool by_statement = resumes || !mode.transaction;
    if (by_statement) {
      const auto why = mode.transaction ? std::string("it was begun that way") : mode.reason;
      emit(EventKind::kNote, name,
           fmt::format("runs outside a transaction, statement by statement ({})", why));
    } else if (run_in_transaction(context, job, result.retries) == TransactionOutcome::kMustLeave) {
      emit(EventKind::kNote, name,
           "the server refuses a statement of it inside one transaction: running it statement by statement");
      by_statement = true;
    }
    if (by_statement) run_by_statement(context, job, resumes, result.retries);
  } catch (const SqlError& error) {
    // Of the history's own statements.
    span.fail(error.sqlstate);
    roll_back(*connection);
    if (is_lock_lost(error, settings.migrate.schema)) throw lock_lost_error(context, job);
    throw;
  } catch (const MigrationError& error) {
    span.fail(error_type(error));
    roll_back(*connection);
    throw;
  } catch (...) {
    // After a signal, too: the server has rolled back before this process reports its end.
    roll_back(*connection);
    throw;
  }
  result.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  Event event;
  event.kind = EventKind::kFileDone;
  event.name = name;
  event.text = result.direction;
  event.index = job.index;
  event.count = job.count;
  event.statements = result.statements;
  event.elapsed = result.elapsed;
  sink.on(event);
  span.set("bigocean.migration.statements", static_cast<std::int64_t>(result.statements));
  span.set("bigocean.migration.retries", std::int64_t{result.retries});
  report.files.push_back(std::move(result));
}

}  // namespace bigocean::sql::migrate
