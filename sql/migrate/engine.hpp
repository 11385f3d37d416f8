// The commands of `bigocean migrate`: each opens the database, decides, acts, and reports.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/history/plan.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/migrate/run/wanted_lock.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// What `status`, `plan` and `verify` show.
struct Overview {
  Plan plan;
  std::string target;  ///< "database app on host:port, PostgreSQL 16.14"
  int server_version = 0;
};

/// One pending file as it would run.
struct FilePreview {
  std::string name;
  std::size_t statements = 0;
  std::size_t bytes = 0;
  bool transaction = true;
  std::string reason;        ///< why it leaves the transaction
  std::string lock_timeout;  ///< "2s"
  bool out_of_order = false;
};

struct Job;

/// Looks at the files that are to run, cut and checked, before any of them runs; throws to refuse them, and
/// returns the table locks that it expects of them. `let_through` has the paths of those that an interrupted
/// run was allowed, with the same text: they may not be refused.
using PendingHook = std::function<ExpectedLocks(Connection& connection, const std::vector<const Job*>& files,
                                                const std::set<std::string>& let_through)>;

/// A lock that a rehearsal took on a table that was there before it.
struct TakenLock {
  std::string table;  ///< "app.users"
  std::string mode;   ///< as pg_locks writes it: "AccessExclusiveLock"
};

/// One pending file in a rehearsal.
struct RehearsedFile {
  std::string name;
  std::string skipped;  ///< why it was left out; empty: it ran
  std::chrono::microseconds elapsed{0};
  std::vector<TakenLock> locks;  ///< that the transaction has by its end and had not before it
};

/// Reads the files, in order; throws what is wrong with them.
using FileSource = std::function<std::vector<Migration>()>;

struct DownOptions {
  std::optional<std::size_t> steps;  ///< default 1, without `to`
  std::string to;                    ///< revert everything after this version or name
  /// Called before something is lost: a file without a down part, or whose down part drops data. False: stop.
  std::function<bool(const std::string& question)> confirm;
  bool again = false;  ///< redo: what is taken back must be here, and such that it can be applied again
  bool dry_run = false;
};

/// One file that `down` takes back.
struct Reversal {
  std::string name;
  bool has_down = true;        ///< false: only its history row goes, what it did stays
  std::size_t statements = 0;  ///< of its down part
  std::string question;        ///< what is lost, to be confirmed first; empty: nothing
};

/// The statement that `resolve` decides.
struct Decision {
  std::string name;   ///< of the migration
  int statement = 0;  ///< its number in the file, from 1
};

struct AdoptOptions {
  std::string table;  ///< the other tool's history, "schema.name"; empty: looked for
  config::MigrationFormat detected = config::MigrationFormat::kNative;  ///< what the files were read as
  bool apply = false;                                                   ///< false: a dry run
};

/// What adopt did, or would do.
struct AdoptReport {
  std::string tool;                  ///< "goose"
  std::string table;                 ///< "public.goose_db_version"
  config::MigrationFormat format{};  ///< of the tool
  bool applied = false;              ///< false: nothing was written
  std::vector<std::string> recorded;
  std::size_t already = 0;           ///< files of the other history that ours has too
  std::vector<std::string> pending;  ///< files that neither has
};

/// One database and one set of files. Not thread-safe. Throws base::Error and types derived from it; `report`
/// has what was done until then. A dry run returns what a real run would, from the same code, and only reads:
/// no lock is taken, no table is made, and the server is asked for a read-only transaction.
class Engine {
 public:
  /// All references must outlive the engine; `interrupt` may be null. `source` is called once, by the first
  /// command, while the server makes a session, also if connecting fails.
  Engine(const config::Settings& settings, FileSource source, Sink& sink, const base::Interrupt* interrupt);
  ~Engine();

  /// Calls `source` now, unless that has been done.
  void read_files();

  /// Sets the hook for `up`, which calls it under the lock, and for `preview`, which calls it with an empty
  /// `let_through`.
  void on_pending(PendingHook hook);
  /// Applies what is pending, up to and including `to` (a version or a full name; empty: everything).
  void up(const std::string& to, Report& report);
  /// What `up` would do, without doing it.
  std::vector<FilePreview> preview(const std::string& to, Report& report);
  /// Runs the pending files in one transaction and rolls it back; files outside a transaction are left out.
  /// The locks are real, and other sessions wait for them meanwhile: a lock is waited for 2 s at most, a
  /// statement may take a minute. What ran is in `files` also when a file fails; then it throws
  /// MigrationError.
  void rehearse(const std::string& to, Report& report, std::vector<RehearsedFile>& files);
  /// Returns the files that it took back, newest first.
  std::vector<Reversal> down(const DownOptions& options, Report& report);
  /// Reverts the newest applied file and applies it again; the result has that file, or nothing.
  std::vector<Reversal> redo(const DownOptions& options, Report& report);
  Overview status();
  /// Compares every applied text with the file here. Throws MigrationError(kHistoryConflict) with a diff.
  Overview verify();
  /// Accepts the present text of one applied file; the reason goes into the audit table. Returns the
  /// migration's full name.
  std::string bless(const std::string& name, const std::string& reason, bool dry_run);
  /// Records everything up to and including `version` as applied, without running it. Returns the names.
  std::vector<std::string> baseline(const std::string& version, bool dry_run);
  /// Records what another tool's history has as applied, once every entry has its file and every hash is
  /// right. Throws base::Error(kHistoryConflict) with everything that does not fit.
  AdoptReport adopt(const AdoptOptions& options, Report& report);
  /// Decides an interrupted statement whose outcome is unknown: done, or to be run again.
  Decision resolve(const std::string& name, bool done, bool dry_run);

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

/// The migration of that full name, file name, or version; throws base::Error(kUsage) with the nearest name,
/// or naming both when a version is not unique.
const Migration& find_migration(const std::vector<Migration>& migrations, const std::string& name);

}  // namespace bigocean::sql::migrate
