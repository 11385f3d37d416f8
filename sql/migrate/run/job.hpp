// One file on its way through the server: what is run, with what, and how.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/history/history.hpp"
#include "sql/migrate/run/blocker_monitor.hpp"
#include "sql/migrate/run/blocking_limit.hpp"
#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/migrate/run/session_state.hpp"
#include "sql/migrate/run/timeouts.hpp"
#include "sql/migrate/run/wanted_lock.hpp"
#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

class LockApproach;

/// What every file of a run shares. Nothing is owned.
struct RunContext {
  Connection& connection;
  SessionState& session;
  History& history;
  const config::Settings::Migrate& settings;
  BlockerMonitor& monitor;
  BlockingLimit& blocking;
  Sink& sink;
  const base::Interrupt* interrupt;
  /// Reports once that a commit waits for a synchronous standby; true while it does.
  const std::function<bool()>& look_at_standby;
  std::chrono::milliseconds&
      wait_left;  ///< of --deadline: what is left of it for waiting; work does not count
};

enum class Direction { kUp, kDown };

/// A part of a migration, cut into statements.
struct Job {
  Job(const Migration& migration, Direction direction, std::size_t index, std::size_t count);

  const Migration& migration;
  Direction direction;
  std::size_t index, count;  ///< file `index` of `count`, 1-based
  std::string_view source;   ///< the whole file
  std::string_view path;
  std::string_view text;   ///< the part that runs; offsets of `script` count from its begin
  std::size_t text_begin;  ///< of `text` in `source`
  FileOptions options;
  Script script;
  FileLocks locks;
  SessionTraces traces;  ///< what may be left of it in its session

  std::string_view sql() const { return script.sql(text); }
  std::string_view sql(const Statement& s) const { return sql().substr(s.begin, s.end - s.begin); }
  /// Where the journal keeps this file's steps.
  std::string journal_key() const;
};

/// How a file has to be run, and why if it is not in one transaction.
struct Mode {
  bool transaction = true;
  std::string reason;
};

/// Reads the options and the statements. Throws MigrationError(kUsage) for transaction control in a file of
/// our own format that does not say transaction:false, for a file of another tool in which it is not well
/// paired, and for transaction:true on a file that cannot have one.
Mode choose_mode(const Job& job);

/// SQL that resets what a file may have set, so that the history can be written: role, search_path and
/// row_security.
std::string history_guard_sql();

/// A server error in the middle of a job; `offset` is a byte of Job::text.
struct PlacedError : std::exception {
  PlacedError(SqlError cause_in, std::optional<std::size_t> offset_in)
      : cause(std::move(cause_in)), offset(offset_in) {}
  const char* what() const noexcept override { return cause.what(); }
  SqlError cause;
  std::optional<std::size_t> offset;
};

/// Limits for a statement of `job`: while it runs, it is looked who blocks it, how far it is, and whom it
/// blocks (context.blocking). `approach`, which may be null, hears of the lock that it waits for.
Connection::Limits monitored(RunContext& context, const Job& job, std::vector<Blocker>& blockers,
                             const Timeouts& timeouts, std::uint64_t bytes_done,
                             LockApproach* approach = nullptr);

/// An error of bigocean itself about a statement of the job.
MigrationError statement_error(const Job& job, const Statement& statement, base::ExitCode code,
                               std::string_view message, std::string hint);

/// A kNote event of `job`.
void emit_note(RunContext& context, const Job& job, std::string text);

/// Notes once per file that it changed how text is read, and that the change was undone (`changed` says
/// which).
void note_text_settings(RunContext& context, const Job& job, const std::string& changed);

/// A kProgress event of `job`, done up to byte `bytes` of its part.
Event progress_event(const Job& job, std::uint64_t bytes);

/// SQL for the begin of a transaction: an autovacuum that blocks it is cancelled after 50 ms in place of the
/// usual second. Empty where the role may not set that.
std::string_view hurry_autovacuum_sql(const RunContext& context);

/// ROLLBACK, if a transaction is open; also after a signal. Never throws.
void roll_back(Connection& connection);

}  // namespace bigocean::sql::migrate
