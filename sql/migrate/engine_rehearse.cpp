// The rehearsal: pending files run for real in one transaction, which is rolled back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/work.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLockWaitMax{2'000};
constexpr milliseconds kStatementMax{60'000};

/// The shorter of the two, of which 0 means no limit.
milliseconds shorter(milliseconds limit, milliseconds most) {
  return limit.count() == 0 ? most : std::min(limit, most);
}

using Tables = std::map<std::string, std::string>;              // oid → name
using Locks = std::map<std::string, std::vector<std::string>>;  // oid → modes

Tables user_tables(Connection& connection) {
  const auto rows = connection.execute(
      "SELECT c.oid, format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
      " c.relnamespace WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname NOT LIKE 'pg\\_%'"
      " AND n.nspname <> 'information_schema'");
  Tables tables;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) tables.emplace(rows.at(i, 0), rows.at(i, 1));
  return tables;
}

Locks own_locks(Connection& connection) {
  const auto rows = connection.execute(
      "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted"
      " ORDER BY relation, mode");
  Locks locks;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) locks[rows.at(i, 0)].push_back(rows.at(i, 1));
  return locks;
}

std::vector<TakenLock> added(const Locks& before, const Locks& after, const Tables& tables) {
  std::vector<TakenLock> taken;
  for (const auto& [oid, modes] : after) {
    const auto table = tables.find(oid);
    if (table == tables.end()) continue;  // made by the rehearsal itself, an index or a system table
    const auto held = before.find(oid);
    for (const auto& mode : modes) {
      const bool known = held != before.end() &&
                         std::find(held->second.begin(), held->second.end(), mode) != held->second.end();
      if (!known) taken.push_back({table->second, mode});
    }
  }
  return taken;
}

/// Why a file cannot run in the one transaction of a rehearsal; empty if it can.
std::string why_not_here(const Job& job, const PlannedFile& file) {
  if (const auto mode = choose_mode(job); !mode.transaction) return mode.reason;
  if (file.state == FileState::kRunning) return "it has begun outside a transaction";
  const bool sets_mode =
      std::any_of(job.script.statements.begin(), job.script.statements.end(), [](const Statement& s) {
        return s.words.starts_with("SET TRANSACTION") || s.words.starts_with("SET LOCAL TRANSACTION");
      });
  return sets_mode ? "it sets its transaction's mode, which only the first statements of a transaction can"
                   : "";
}

/// Rolls back at the end of its scope, also after an error.
class Rollback {
 public:
  explicit Rollback(Connection& connection) : connection_(connection) {}
  ~Rollback() { roll_back(connection_); }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;

 private:
  Connection& connection_;
};

}  // namespace

void Engine::rehearse(const std::string& to, Report& report, std::vector<RehearsedFile>& rehearsed) {
  auto& work = *work_;
  const auto snapshot = work.open();
  const auto plan = make_plan(work.migrations, snapshot.rows);
  const auto files = work.to_run(plan, to);
  if (!files.empty()) work.require_own_database(plan, Work::Belongs::kTables);
  work.refuse_conflicts(plan, report);
  work.check_jobs(files);
  work.require_writable(snapshot);
  auto& connection = *work.connection;
  const auto tables = user_tables(connection);
  auto context = work.make_context();
  connection.execute(work.session->reset_sql());
  connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED");
  const Rollback rollback(connection);
  Locks held;
  for (const auto* file : files) {
    const Job& job = work.jobs.at(file->name);
    RehearsedFile result;
    result.name = file->name;
    if (auto why = why_not_here(job, *file); !why.empty()) {
      result.skipped = std::move(why);
      rehearsed.push_back(std::move(result));
      continue;
    }
    const auto limits = file_timeouts(job.script, job.options, work.settings.migrate);
    const auto began = Clock::now();
    std::vector<Blocker> blockers;
    connection.execute("SAVEPOINT file");
    try {
      run_statements(context, job,
                     {shorter(limits.lock, kLockWaitMax), shorter(limits.statement, kStatementMax)},
                     blockers);
    } catch (const PlacedError& error) {
      if (error.cause.sqlstate == "55P04" && !job.options.transaction) {
        connection.execute("ROLLBACK TO SAVEPOINT file");
        result.skipped = "it uses an enum value that was added in this rehearsal, and not committed";
        rehearsed.push_back(std::move(result));
        continue;
      }
      std::optional<std::size_t> offset;
      if (error.offset) offset = job.text_begin + *error.offset;
      auto failure = make_migration_error(error.cause, job.path, job.source, offset);
      for (const auto& blocker : blockers)
        failure.message += fmt::format("\n  blocked by {}", blocker_text(blocker));
      if (is_lock_trouble(error.cause)) {
        failure.code = base::ExitCode::kTableLockTimeout;
        failure.hint = "end the blocking session or wait for it, then rehearse again";
      }
      failure.message += "\n  the rehearsal is rolled back; nothing is applied";
      throw failure;
    }
    result.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    // What a file has set must not affect the next one, nor these queries.
    connection.execute(work.session->reset_sql());
    auto now_held = own_locks(connection);
    result.locks = added(held, now_held, tables);
    held = std::move(now_held);
    rehearsed.push_back(std::move(result));
  }
}

}  // namespace bigocean::sql::migrate
