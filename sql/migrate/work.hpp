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

  /// Connects (waiting for a server that starts, when told to) and reads the history in one round trip.
  Snapshot open();
  /// Reads the files as well: what is wrong with them comes before what is wrong with the server.
  void connect();
  Snapshot read_history();
  /// What is asked of a database before it is written to.
  enum class Belongs {
    kKnown,    ///< nothing: this run has asked before, or names one file that the history has
    kHistory,  ///< that its history is not another folder's
    kTables    ///< the same, and that it has no tables which no history explains
  };
  /// Throws base::Error(kHistoryConflict) where that is not so.
  void require_own_database(const Plan& plan, Belongs belongs);
  /// Takes the migration lock, reads the history again, makes or upgrades its tables.
  Plan lock_and_plan_again(Belongs belongs = Belongs::kKnown);
  /// Opens the database for a command that changes it, and returns the plan that the command decides by:
  /// under the lock, with the history's tables made. A dry run gets it from what is there, and a read-only
  /// transaction in which the server refuses every change.
  Plan plan_to_change(bool dry_run, Belongs belongs = Belongs::kKnown);
  /// Throws unless the connection can hold a session lock and may write.
  void require_writable(const Snapshot& snapshot) const;
  /// Throws for edited and half-reverted files, and for what --strict-order and --no-ahead refuse; warns of
  /// what is merely worth knowing.
  void refuse_conflicts(const Plan& plan, Report& report);
  /// Pending and half-applied files up to `to`.
  std::vector<const PlannedFile*> to_run(const Plan& plan, const std::string& to) const;
  std::string edited_message(const PlannedFile& file);

  void up(const std::string& to, Report& report);
  /// Most runs have nothing to do. The rows alone tell so, and cost the server less than half of what the
  /// facts do that come with them in read_history().
  bool has_nothing_to_do(const std::string& to, Report& report);
  /// Every file is cut and checked before the first one runs.
  void check_jobs(const std::vector<const PlannedFile*>& files);
  /// Shows the hook what is to run, unless all of it was let through before.
  void ask_hook(const std::vector<const PlannedFile*>& files, bool may_let_through);
  /// So that whoever finishes an interrupted run is not refused what that run was allowed: the tables that
  /// its first files made may hold rows by then.
  void note_started(const std::vector<const PlannedFile*>& files);
  /// Runs what `choose` takes of `plan`. A file may leave its session such that only a new one will do for
  /// the next file, or may give the lock away: then it goes on with a new session, a new lock and a new plan.
  using Choose = std::function<std::vector<const PlannedFile*>(const Plan&)>;
  void run_files(Plan plan, const Choose& choose, Report& report);
  /// False when the file gave the migration lock away before it was done.
  bool run_file(const PlannedFile& file, std::size_t index, std::size_t count, Report& report);
  void run_job(const Job& job, bool resumes, Report& report);
  /// Makes the session's state known before the next file. True where that took a new session and a new lock:
  /// what was planned before may be out of date.
  bool renew_session();
  /// After that: takes the lock again, and throws unless the files from `first` on are as they were.
  void lock_again_for(const std::vector<const PlannedFile*>& files, std::size_t first);

  /// Records a file as applied that was not run here; inside a transaction of the caller's.
  void record_unrun(const Migration& migration, std::string_view how, std::string_view reason);

  /// Warns of settings by which the URL or the database would have text read otherwise than it is.
  void tell_of_settings();
  /// Whether our session's commit waits for a synchronous standby; says so, once, with what to do.
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
  std::chrono::milliseconds wait_left;
  std::optional<Connection> connection;
  std::optional<History> history;
  std::optional<SessionState> session;
  std::function<bool()> standby_look = [this] { return look_at_standby(); };
  bool told_of_standby = false, told_of_settings = false;
  std::map<std::string, Job> jobs;
  PendingHook pending_hook;
};

}  // namespace bigocean::sql::migrate
