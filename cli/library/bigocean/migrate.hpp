// Applies SQL migrations to a live PostgreSQL database. Public: installed as <bigocean/migrate.hpp>.
//
// Link bigocean::migrate. libpq is loaded when a connection is made; a program may link it as well.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bigocean/call.hpp"

namespace bigocean {

/// One file of migrations: its name without a folder ("20260130120000_add_users.sql") and its text. The CMake
/// function bigocean_embed() makes a function that returns files which were built into the program.
struct MigrationFile {
  std::string_view name;
  std::string_view text;
};

/// Returns the files, in any order; called once a call. What the views point to must live until the call
/// ends. An exception of type std::exception becomes an error of kUsage.
using FileSource = std::function<std::vector<MigrationFile>()>;

enum class EventKind {
  kServerWait,    ///< the database does not accept connections yet; text: why
  kLockWait,      ///< another migrate runs; text: which session
  kPlan,          ///< count: files that will run
  kFileStart,     ///< migration, index of count
  kProgress,      ///< migration, elapsed; text: phase or place; bytes of bytes_total where they are known
  kFileRetry,     ///< a table's lock is held; text: when the next try begins, and who holds it
  kFileDone,      ///< migration, elapsed, statements
  kNote,          ///< text
  kWarning,       ///< text
  kServerNotice,  ///< a NOTICE or WARNING of the server; text
};

struct Event {
  EventKind kind = EventKind::kNote;
  std::string migration;  ///< its name; empty if the event is about none
  std::string text;
  std::size_t index = 0;  ///< number of the file, from 1
  std::size_t count = 0;  ///< of files
  std::size_t statements = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_total = 0;
  std::chrono::microseconds elapsed{0};
};

/// Receives events on the thread of the call. Must not throw.
using EventSink = std::function<void(const Event& event)>;

/// What to migrate, and how. What is not set has the command line's default (docs/migrations.md). Neither
/// the environment nor a file of settings is read.
struct MigrateOptions {
  std::string database_url;   ///< "postgresql://user:password@host/database", or key=value pairs; required
  std::string directory;      ///< a folder of migrations in any format that the command line reads; or
  FileSource files;           ///< the files themselves, in bigocean's own format
  std::string schema;         ///< of the history tables; empty: "bigocean"
  std::string to;             ///< stop after this version or name; empty: apply all
  bool allow_unsafe = false;  ///< apply also what lint calls an error
  bool new_history = false;   ///< the first run of these files may find tables of others
  std::optional<std::chrono::milliseconds> wait;               ///< for a database that is starting up
  std::optional<std::chrono::milliseconds> deadline;           ///< of all waiting for locks together
  std::optional<std::chrono::milliseconds> lock_timeout;       ///< of one try to lock a table
  std::optional<std::chrono::milliseconds> statement_timeout;  ///< of one statement; 0: none
  const Stop* stop = nullptr;                                  ///< may be null
};

/// A file that ran to its end, and is recorded.
struct AppliedMigration {
  std::string name;
  std::chrono::microseconds elapsed{0};
  std::size_t statements = 0;
  int retries = 0;  ///< tries that met a held lock
};

/// What a call did; true also where it failed.
struct MigrateResult {
  std::vector<AppliedMigration> applied;  ///< by this call, in order
  std::size_t already_applied = 0;        ///< before it
  std::size_t pending = 0;                ///< files that were to run when the call began
  std::string failed;                     ///< the migration that failed; empty: none did
  std::optional<CallError> error;         ///< why the call ended early
  std::vector<std::string> warnings;

  /// Everything that was pending is applied.
  bool ok() const { return !error; }
};

/// Applies the pending files in order, each exactly once, also where several processes call this at the same
/// time. A file and its history row are one transaction, unless the file needs to run outside one. Blocks
/// until it ends or `options.stop` is requested. Thread-safe: calls may run in several threads. Failures are
/// in the result; only std::bad_alloc is thrown.
MigrateResult migrate(const MigrateOptions& options, const EventSink& sink = {});

/// What migrate() would find.
struct MigrationStatus {
  std::vector<std::string> applied;  ///< in order
  std::vector<std::string> pending;
  std::vector<std::string> edited;  ///< applied with another text than the one here, or only in part
  std::vector<std::string> ahead;   ///< applied, and not among the files
  std::optional<CallError> error;   ///< set: the lists are empty, and what is applied is unknown

  /// The database has what these files expect.
  bool current() const { return !error && pending.empty() && edited.empty(); }
};

/// Compares the files with the history. Reads only. Thread-safe; throws only std::bad_alloc.
MigrationStatus migration_status(const MigrateOptions& options);

}  // namespace bigocean
