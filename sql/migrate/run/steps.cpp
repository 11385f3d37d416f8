// Runs a file that cannot be in one transaction: statement by statement, with a journal.
#include "sql/migrate/run/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/journal.hpp"
#include "sql/migrate/run/lock.hpp"
#include "sql/migrate/run/lock_retry.hpp"
#include "sql/migrate/run/own_transaction.hpp"
#include "sql/migrate/run/recovery.hpp"
#include "sql/migrate/run/resume.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::ExitCode;
using std::chrono::milliseconds;

/// Whether a failed statement was refused before any of it ran: the server points into its text, and no
/// function's context stands in between.
bool was_refused(const SqlError& error) { return error.position > 0 && error.context.empty(); }

class StepRun {
 public:
  StepRun(RunContext& context, const Job& job, Journal& journal, int& retries)
      : context_(context),
        job_(job),
        statements_(job.script.statements),
        journal_(journal),
        approach_(context, job, false),  // the file may have changed its role to one that may not
        retries_(retries) {
    file_sets_lock_timeout_ = any_sets(0, statements_.size(), "LOCK_TIMEOUT");
    file_sets_statement_timeout_ = any_sets(0, statements_.size(), "STATEMENT_TIMEOUT");
  }

  void run(bool resumes) {
    context_.session.establish();
    std::size_t done = 0;
    if (resumes) {
      done = find_resume_point(context_, job_, journal_);
      journal_.renew_text();
    } else {
      journal_.begin_file();
    }
    for (std::size_t first = done; first < statements_.size();) {
      const auto end = end_of_unit(statements_, first);
      run_unit(first, end);
      report_progress(end - 1);
      keep_lock(first, end);
      first = end;
    }
    journal_.finish_file();
  }

 private:
  void run_unit(std::size_t first, std::size_t end) {
    if (end - first > 1 || begins_transaction(statements_[first])) return run_own_transaction(first, end);
    const auto timeouts = statement_timeouts(statements_[first], job_.options, context_.settings);
    std::vector<Blocker> blockers;
    retries_ += with_lock_retries(context_, job_, approach_, timeouts, blockers, 0,
                                  [&] { run_statement(first, timeouts, blockers); });
  }

  void run_statement(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = statements_[index];
    const bool alone = is_two_phase_end(statement) || statement.kind == StatementKind::kConcurrently ||
                       statement.kind == StatementKind::kNonTransactional;
    if (alone || !with_journal(index, timeouts, blockers)) outside(index, timeouts, blockers);
  }

  /// In one transaction with its journal row. False: the server says that it cannot be in one; nothing was
  /// done.
  bool with_journal(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = statements_[index];
    const std::string opening = "BEGIN READ WRITE;" + timeouts_sql(timeouts, "SET LOCAL");
    try {
      if (statement.kind == StatementKind::kCopyFromStdin) {
        context_.connection.execute(opening);
        send_copy(statement, timeouts, blockers);
        context_.connection.execute(journal_.done_sql(index) + "COMMIT;");
        return true;
      }
      send(index, opening, journal_.done_sql(index) + "COMMIT;", timeouts, blockers);
      return true;
    } catch (const PlacedError& error) {
      // 2D000: a procedure or DO block that commits.
      if (error.cause.sqlstate != "25001" && error.cause.sqlstate != "2D000") throw;
      roll_back(context_.connection);
      return false;
    }
  }

  /// A transaction that the file itself begins, from its begin to its end. A journal row in the middle would
  /// be rolled back with it, so there is one only at its end, for the whole; and only the whole can be
  /// retried.
  void run_own_transaction(std::size_t first, std::size_t end) {
    const bool prepares = statements_[end - 1].words.starts_with("PREPARE TRANSACTION");
    const bool own_lock_timeout = file_sets_lock_timeout_ || any_sets(first, end, "LOCK_TIMEOUT", false);
    const bool own_statement_timeout =
        file_sets_statement_timeout_ || any_sets(first, end, "STATEMENT_TIMEOUT", false);
    std::vector<Blocker> blockers;
    Timeouts timeouts;  // of the statement that runs, for its error message
    const auto attempt = [&] {
      if (prepares) journal_.note_begun(end - 1, "", "");
      if (!begins_transaction(statements_[first]) && !context_.connection.in_transaction())
        begin_chained(first);
      for (auto i = first; i < end; ++i) {
        timeouts = statement_timeouts(statements_[i], job_.options, context_.settings);
        if (own_lock_timeout) timeouts.lock = milliseconds{0};
        if (own_statement_timeout) timeouts.statement = milliseconds{0};
        in_own_transaction(i, timeouts, own_lock_timeout, own_statement_timeout, blockers);
      }
      if (!journals_itself(end - 1)) journal_.note_done(end - 1);
    };
    retries_ += with_lock_retries(context_, job_, approach_, timeouts, blockers, 0, attempt);
  }

  /// Begins again the transaction that COMMIT AND CHAIN had begun, with the modes of the first one of the
  /// chain: after an interruption, or for a retry.
  void begin_chained(std::size_t first) {
    auto origin = first;
    while (!begins_transaction(statements_[origin])) --origin;
    context_.connection.execute(job_.sql(statements_[origin]));
    for (auto i = origin + 1; i < end_of_unit(statements_, origin); ++i) {
      if (statements_[i].words.starts_with("SET TRANSACTION"))
        context_.connection.execute(job_.sql(statements_[i]));
    }
  }

  void in_own_transaction(std::size_t index, const Timeouts& timeouts, bool own_lock_timeout,
                          bool own_statement_timeout, std::vector<Blocker>& blockers) {
    const auto& statement = statements_[index];
    std::string before;
    if (statement.kind != StatementKind::kTransaction)
      before = timeouts_sql(timeouts, "SET LOCAL", own_lock_timeout, own_statement_timeout);
    if (statement.kind == StatementKind::kCopyFromStdin) {
      if (!before.empty()) context_.connection.execute(before);
      return send_copy(statement, timeouts, blockers);
    }
    if (commits_transaction(statement)) {
      // A read-only transaction cannot have a journal row, and does nothing that could be done twice.
      in_read_only_ = context_.connection.execute("SHOW transaction_read_only").at(0, 0) == "on";
      if (!in_read_only_) before = journal_.done_sql(index);
    }
    send(index, before, "", timeouts, blockers);
  }

  /// Whether the transaction that ended with this statement contained its journal row.
  bool journals_itself(std::size_t last) const {
    return commits_transaction(statements_[last]) && !in_read_only_;
  }

  /// Alone, outside a transaction: begun, run, looked at, done.
  void outside(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = statements_[index];
    const auto text = job_.sql(statement);
    const auto kind = recovery_kind(statement);
    const auto before = note_before(context_.connection, kind, text);
    journal_.note_begun(index, before, timeouts_sql(timeouts, "SET"));
    try {
      send(index, "", "", timeouts, blockers);
    } catch (const PlacedError& error) {
      if (!settle_failure(index, kind, before, timeouts, error)) throw;
    }
    if (kind == RecoveryKind::kIndexBuild) {
      if (const auto invalid = invalid_index_of(context_.connection, text); !invalid.empty()) {
        journal_.note_not_done(index);
        throw statement_error(
            job_, statement, ExitCode::kHistoryConflict,
            fmt::format("index {} exists but is INVALID, left by a build that failed elsewhere", invalid),
            fmt::format("run DROP INDEX CONCURRENTLY {}; and then the same command again", invalid));
      }
    }
    journal_.note_done(index);
  }

  /// A statement outside a transaction failed. True: it took effect nevertheless. False: it left nothing, and
  /// may run again. If it may have committed a part, a person has to decide: throws MigrationError.
  bool settle_failure(std::size_t index, RecoveryKind kind, const std::string& before,
                      const Timeouts& timeouts, const PlacedError& error) {
    auto outcome = Outcome::kUnknown;
    if (kind == RecoveryKind::kNone) {
      if (was_refused(error.cause)) outcome = Outcome::kNotDone;
    } else {
      try {
        std::string said;
        Connection::Limits limits;
        limits.timeout = timeouts.statement;
        outcome =
            recover_outcome(context_.connection, kind, job_.sql(statements_[index]), before, limits, said);
        if (!said.empty()) emit_note(context_, job_, said);
      } catch (const SqlError&) {
        // Unknown: the journal says "begun", and the next run looks again.
        throw explain(job_, error, timeouts);
      }
    }
    if (outcome == Outcome::kUnknown) throw in_doubt(index, error, timeouts);
    if (outcome == Outcome::kNotDone) journal_.note_not_done(index);
    return outcome == Outcome::kDone;
  }

  void send(std::size_t index, const std::string& before, const std::string& after, const Timeouts& timeouts,
            std::vector<Blocker>& blockers) {
    const auto& statement = statements_[index];
    const auto text = job_.sql(statement);
    const std::string tail = after.empty() ? std::string{} : "\n;" + after;
    try {
      context_.connection.execute(before + std::string(text) + tail,
                                  monitored(context_, job_, blockers, timeouts, statement.begin, &approach_));
    } catch (const SqlError& error) {
      std::size_t offset = statement.begin;
      if (error.position > 0) {
        const auto byte = byte_of_character(before + std::string(text), error.position);
        if (byte >= before.size()) offset += byte - before.size();
      }
      throw PlacedError{error, offset};
    }
    restore_text_settings();
  }

  void send_copy(const Statement& statement, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto data = job_.sql().substr(statement.data_begin, statement.data_end - statement.data_begin);
    try {
      context_.connection.copy_in(job_.sql(statement), data,
                                  monitored(context_, job_, blockers, timeouts, statement.begin, &approach_));
    } catch (const SqlError& error) {
      throw PlacedError{error, copy_error_offset(job_.sql(), statement, error)};
    }
    restore_text_settings();
  }

  void restore_text_settings() {
    if (auto changed = migrate::restore_text_settings(context_.connection); !changed.empty())
      note_text_settings(context_, job_, changed);
  }

  /// A statement may have released the migration lock, as DISCARD ALL does. Then the rest of the file waits
  /// for a new lock and a new plan.
  void keep_lock(std::size_t first, std::size_t end) {
    const bool asks = std::any_of(
        statements_.begin() + static_cast<std::ptrdiff_t>(first),
        statements_.begin() + static_cast<std::ptrdiff_t>(end),
        [&](const Statement& s) { return session_traces(job_.sql(s), s) != SessionTraces::kNone; });
    if (!asks) return;
    context_.session.look_at_locks();
    if (!context_.session.lock_held()) throw LockGivenAway();
  }

  bool any_sets(std::size_t first, std::size_t end, std::string_view setting,
                bool session_only = true) const {
    for (auto i = first; i < end; ++i) {
      if (sets_setting(statements_[i], setting, session_only)) return true;
    }
    return false;
  }

  /// Empty for what the file sets itself: ours would undo that.
  std::string timeouts_sql(const Timeouts& timeouts, std::string_view set) const {
    return timeouts_sql(timeouts, set, file_sets_lock_timeout_, file_sets_statement_timeout_);
  }
  static std::string timeouts_sql(const Timeouts& timeouts, std::string_view set, bool own_lock_timeout,
                                  bool own_statement_timeout) {
    std::string sql;
    if (!own_lock_timeout) sql += fmt::format("{} lock_timeout = {};", set, timeouts.lock.count());
    if (!own_statement_timeout)
      sql += fmt::format("{} statement_timeout = {};", set, timeouts.statement.count());
    return sql;
  }

  /// A procedure or DO block that commits inside failed: with its error, and what to do about the part that
  /// is done.
  MigrationError in_doubt(std::size_t index, const PlacedError& error, const Timeouts& timeouts) const {
    auto failure = explain(job_, error, timeouts);
    failure.code = ExitCode::kHistoryConflict;
    failure.message += fmt::format(
        "\n  statement {} commits by itself: it is unknown how much of it was done, and it is not tried "
        "again",
        index + 1);
    failure.hint = resolve_hint(job_);
    return failure;
  }

  void report_progress(std::size_t index) const {
    auto event = progress_event(job_, statements_[index].end);
    event.statements = index + 1;
    context_.sink.on(event);
  }

  RunContext& context_;
  const Job& job_;
  const std::vector<Statement>& statements_;
  Journal& journal_;
  LockApproach approach_;
  int& retries_;
  bool in_read_only_ = false;  // the last transaction of the file's own
  bool file_sets_lock_timeout_ = false;
  bool file_sets_statement_timeout_ = false;
};

}  // namespace

void run_by_statement(RunContext& context, const Job& job, bool resumes, int& retries) {
  Journal journal(context, job);
  try {
    StepRun(context, job, journal, retries).run(resumes);
    context.session.after_file(job.traces);
  } catch (const MigrationError&) {
    journal.forget_file_if_nothing_done();
    throw;
  }
}

}  // namespace bigocean::sql::migrate
