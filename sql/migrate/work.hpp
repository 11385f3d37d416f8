// What the engine's commands share: the connection, the history, the files. Used by engine*.cpp only.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sql/migrate/engine.hpp"
#include "sql/migrate/history/history.hpp"
#include "sql/migrate/run/blocker_monitor.hpp"
#include "sql/migrate/run/job.hpp"
#include "sql/migrate/run/lock.hpp"
#include "sql/migrate/run/steps.hpp"
#include "sql/migrate/run/transaction.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

using Clock = std::chrono::steady_clock;

struct Engine::Work {
  Work(const config::Settings& settings, FileSource source, Sink& sink, const base::Interrupt* interrupt);

  /// Into `migrations`, once.
  void read_files();

  /// Connects (waiting for a server that starts, if the settings say so) and reads the history in one round
  /// trip.
  Snapshot open();
  /// Connects, and reads the files meanwhile: their errors are reported before the server's.
  void connect();
  Snapshot read_history();
  /// What is checked about a database before it is written to.
  enum class Belongs {
    kKnown,    ///< nothing: this run has asked before, or names one file that the history has
    kHistory,  ///< that its history is not another folder's
    kTables    ///< the same, and that it has no tables which no history explains
  };
  /// Throws base::Error(kHistoryConflict) if that is not so.
  void require_own_database(const Plan& plan, Belongs belongs);
  /// Takes the migration lock, reads the history again, makes or upgrades its tables.
  Plan lock_and_plan_again(Belongs belongs = Belongs::kKnown);
  /// Opens the database for a command that changes it, and returns the plan that the command decides by:
  /// under the lock, with the history's tables made. A dry run gets it from what exists, in a read-only
  /// transaction in which the server refuses every change.
  Plan plan_to_change(bool dry_run, Belongs belongs = Belongs::kKnown);
  /// Throws unless the connection can hold a session lock and may write.
  void require_writable(const Snapshot& snapshot) const;
  /// Throws for edited and half-reverted files, and for what --strict-order and --no-ahead refuse; reports
  /// the rest as warnings.
  void refuse_conflicts(const Plan& plan, Report& report);
  /// Pending and half-applied files up to `to`.
  std::vector<const PlannedFile*> to_run(const Plan& plan, const std::string& to) const;
  std::string edited_message(const PlannedFile& file);

  void up(const std::string& to, Report& report);
  /// Most runs have nothing to do. The rows alone show that, and cost the server less than half of what
  /// read_history() costs, which asks for more.
  bool has_nothing_to_do(const std::string& to, Report& report);
  /// Every file is cut and checked before the first one runs.
  void check_jobs(const std::vector<const PlannedFile*>& files);
  /// Calls the hook with what is to run, unless an earlier run was allowed all of it.
  void ask_hook(const std::vector<const PlannedFile*>& files, bool may_let_through);
  /// Records what this run sets out to apply, so that a run that finishes it after an interruption is not
  /// refused what this one was allowed: the tables that its first files made may hold rows by then.
  void note_started(const std::vector<const PlannedFile*>& files);
  /// Runs what `choose` takes of `plan`. A file may leave its session in a state in which the next file needs
  /// a new one, or may release the lock: then the run goes on with a new session, a new lock and a new plan.
  using Choose = std::function<std::vector<const PlannedFile*>(const Plan&)>;
  void run_files(Plan plan, const Choose& choose, Report& report);
  /// False if the file released the migration lock before it was done.
  bool run_file(const PlannedFile& file, std::size_t index, std::size_t count, Report& report);
  void run_job(const Job& job, bool resumes, Report& report);
  /// Makes the session's state known before the next file. True if that took a new session and a new lock:
  /// the earlier plan may be out of date.
  bool renew_session();
  /// After that: takes the lock again, and throws unless the files from `first` on are as they were.
  void lock_again_for(const std::vector<const PlannedFile*>& files, std::size_t first);

  /// Records a file as applied that was not run here; inside a transaction of the caller's.
  void record_unrun(const Migration& migration, std::string_view how, std::string_view reason);

  /// Warns of settings of the URL or of the database that would change how text is read.
  void tell_of_settings();
  /// Whether our session's commit waits for a synchronous standby; warns of it once, with what to do.
  bool look_at_standby();
  RunContext make_context();
  std::string target() const;
  void emit(EventKind kind, const std::string& name, const std::string& text, std::size_t index = 0,
            std::size_t count = 0);

  const config::Settings& settings;
  FileSource source;  ///< empty: it was called
  std::vector<Migration> migrations;
  Sink& sink;
  const base::Interrupt* interrupt;
  const config::Secret& url;
  std::string application;
  BlockerMonitor monitor;
  BlockingLimit blocking;
  std::chrono::milliseconds wait_left;
  std::optional<Connection> connection;
  std::optional<History> history;
  std::optional<SessionState> session;
  std::function<bool()> standby_look = [this] { return look_at_standby(); };
  bool told_of_standby = false, told_of_settings = false;
  std::map<std::string, Job> jobs;
  PendingHook pending_hook;
  ExpectedLocks expected_locks;
};

}  // namespace bigocean::sql::migrate
