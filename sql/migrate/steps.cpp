// Runs a file that cannot be in one transaction: statement by statement, with a journal.
#include "sql/migrate/steps.hpp"
#include "sql/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/failure.hpp"
#include "sql/migrate/proof.hpp"
#include "sql/migrate/transaction.hpp"

namespace bigocean::sql::migrate {
namespace {

using base::ExitCode;

bool starts_with_any(std::string_view words, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return words.starts_with(prefix); });
}

class StepRun {
 public:
  StepRun(Bench& bench, const Job& job, int& retries)
      : bench_(bench), job_(job), key_(job.journal_key()), retries_(retries) {
    for (const auto& statement : job.script.statements) {
      file_sets_lock_timeout_ |=
          starts_with_any(statement.words, {"SET LOCK_TIMEOUT", "SET SESSION LOCK_TIMEOUT"});
      file_sets_statement_timeout_ |=
          starts_with_any(statement.words, {"SET STATEMENT_TIMEOUT", "SET SESSION STATEMENT_TIMEOUT"});
    }
  }

  void run(bool resumes) {
    bench_.connection.execute(reset_sql(bench_.connection));
    std::size_t done = 0;
    if (resumes) {
      done = find_resume_point();
      renew_text();
      replay_settings(done);
    } else {
      begin_file();
    }
    for (std::size_t i = done; i < job_.script.statements.size(); ++i) run_statement(i);
    if (bench_.connection.in_transaction()) {
      roll_back(bench_.connection);
      throw error_at(job_.script.statements.back(), ExitCode::kUsage,
                     "the file ends inside a transaction that it began",
                     "add COMMIT; what the open transaction had done is rolled back");
    }
    finish_file();
  }

 private:
  std::string hash_through(std::size_t statement) const {
    return sha256_hex(job_.text.substr(0, job_.script.statements[statement].end));
  }

  MigrationError error_at(const Statement& s, ExitCode code, std::string_view message,
                          std::string hint) const {
    return make_file_error(code, job_.path, job_.source, job_.text_begin + s.begin, message, std::move(hint));
  }

  void begin_file() {
    auto& history = bench_.history;
    const auto& migration = job_.migration;
    if (job_.direction == Direction::kDown) {
      bench_.connection.execute(history.set_state_sql(migration.name, RowState::kReverting));
      return;
    }
    bench_.connection.execute("BEGIN;" + history.record_sql(migration, RowState::kRunning, "up"));
    store_text(bench_.connection, history, migration, bench_.settings.batch_bytes);
    bench_.connection.execute("COMMIT");
  }

  /// What is not done yet may have been corrected: the history gets the text that is going to be applied.
  void renew_text() {
    if (job_.direction == Direction::kDown) return;
    bench_.connection.execute("BEGIN;" + bench_.history.renew_text_sql(job_.migration));
    store_text(bench_.connection, bench_.history, job_.migration, bench_.settings.batch_bytes);
    bench_.connection.execute("COMMIT");
  }

  void finish_file() {
    auto& history = bench_.history;
    const auto& name = job_.migration.name;
    std::string sql = "BEGIN;" + history_guard_sql();
    if (job_.direction == Direction::kUp) {
      sql += history.finish_sql(name, key_);
    } else {
      sql += history.forget_sql(name) + history.clear_steps_sql(key_) +
             history.event_sql(name, "down", "", job_.migration.checksum, "");
    }
    bench_.connection.execute(sql + "COMMIT;");
  }

  /// How many statements are done, by the journal and, for one that was begun only, by the catalogue.
  std::size_t find_resume_point() {
    const auto& statements = job_.script.statements;
    std::size_t done = 0;
    std::optional<Step> begun;
    std::string done_hash;
    for (const auto& step : bench_.history.steps(key_)) {
      if (step.done) {
        done = static_cast<std::size_t>(step.ordinal);
        done_hash = step.prefix_hash;
        begun.reset();
      } else {
        begun = step;
      }
    }
    if (done > statements.size() || (done > 0 && hash_through(done - 1) != done_hash)) {
      throw MigrationError(
          ExitCode::kHistoryConflict,
          fmt::format("{}: {} statements of this file are done, and their text has changed since", job_.path,
                      done),
          fmt::format("restore the text up to there as it was; what follows may change. To see it: bigocean "
                      "migrate verify"));
    }
    if (done > 0) note(fmt::format("goes on after statement {} of {}", done, statements.size()));
    if (!begun) return done;
    replay_settings(done);
    const auto index = static_cast<std::size_t>(begun->ordinal) - 1;
    const bool changed = index >= statements.size() || hash_through(index) != begun->prefix_hash;
    if (changed)
      throw cannot_tell(std::min(index, statements.size() - 1), "its text has changed since it was begun");
    std::string said;
    const auto& statement = statements[index];
    const auto outcome = find_outcome(bench_.connection, proof_kind(statement), job_.sql(statement),
                                      begun->before, patient_limits(statement), said);
    if (!said.empty()) note(fmt::format("statement {} was interrupted: {}", index + 1, said));
    if (outcome == Outcome::kUnknown)
      throw cannot_tell(index, "it was interrupted, and the catalogue cannot tell");
    bench_.connection.execute(outcome == Outcome::kDone
                                  ? "BEGIN;" + journal_sql(index) + "COMMIT;"
                                  : bench_.history.unbegin_step_sql(key_, begun->ordinal));
    return outcome == Outcome::kDone ? index + 1 : done;
  }

  MigrationError cannot_tell(std::size_t index, std::string_view why) const {
    return error_at(job_.script.statements[index], ExitCode::kHistoryConflict,
                    fmt::format("nobody can tell whether statement {} was done: {}", index + 1, why),
                    fmt::format("look at the database, then run `bigocean migrate resolve {0} --done` if it "
                                "was done, or `bigocean "
                                "migrate resolve {0} --again` to run it again",
                                job_.migration.name));
  }

  /// Session settings of the part that is done are lost with the session that made them.
  void replay_settings(std::size_t done) {
    for (std::size_t i = 0; i < done; ++i) {
      const auto& statement = job_.script.statements[i];
      const auto text = job_.sql(statement);
      const bool sets =
          starts_with_any(statement.words, {"SET ", "RESET "}) ||
          (statement.words.starts_with("SELECT") && text.find("set_config") != std::string_view::npos);
      if (sets && !starts_with_any(statement.words, {"SET LOCAL", "SET TRANSACTION", "SET CONSTRAINTS"})) {
        bench_.connection.execute(text);
      }
    }
  }

  void run_statement(std::size_t index) {
    const auto& statement = job_.script.statements[index];
    const auto timeouts = statement_timeouts(statement, job_.options, bench_.settings);
    std::vector<Blocker> blockers;
    const auto attempt = [&] {
      const bool two_phase = starts_with_any(statement.words, {"COMMIT PREPARED", "ROLLBACK PREPARED"});
      if (two_phase || statement.kind == StatementKind::kConcurrently ||
          statement.kind == StatementKind::kNonTransactional) {
        outside(index, timeouts, blockers);
      } else if (bench_.connection.in_transaction() || statement.kind == StatementKind::kTransaction) {
        in_own_transaction(index, timeouts, blockers);
      } else if (!with_journal(index, timeouts, blockers)) {
        outside(index, timeouts, blockers);
      }
    };
    // A statement inside the file's own transaction cannot be retried alone: its transaction is gone.
    if (bench_.connection.in_transaction()) {
      try {
        attempt();
      } catch (const PlacedError& error) {
        roll_back(bench_.connection);
        throw make_migration_error(error.cause, job_.path, job_.source,
                                   job_.text_begin + error.offset.value_or(statement.begin));
      }
    } else {
      retries_ += with_lock_retries(bench_, job_, blockers, attempt);
    }
    tell(index);
  }

  /// In one transaction with its journal row. False: the server says that it cannot be in one; nothing was
  /// done.
  bool with_journal(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = job_.script.statements[index];
    const std::string opening = "BEGIN;" + timeouts_sql(timeouts, "SET LOCAL");
    try {
      if (statement.kind == StatementKind::kCopyFromStdin) {
        bench_.connection.execute(opening);
        send_copy(statement, timeouts, blockers);
        bench_.connection.execute(journal_sql(index) + "COMMIT;");
        return true;
      }
      send(index, opening, journal_sql(index) + "COMMIT;", timeouts, blockers);
      return true;
    } catch (const PlacedError& error) {
      // 2D000: a procedure or DO block that commits.
      if (error.cause.sqlstate != "25001" && error.cause.sqlstate != "2D000") throw;
      roll_back(bench_.connection);
      return false;
    }
  }

  /// In a transaction that the file itself began: a journal row would live and die with it, so there is one
  /// only at its end, standing for the whole.
  void in_own_transaction(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = job_.script.statements[index];
    if (statement.kind == StatementKind::kCopyFromStdin) return send_copy(statement, timeouts, blockers);
    const bool commits = starts_with_any(statement.words, {"COMMIT", "END", "PREPARE TRANSACTION"});
    send(index, commits ? journal_sql(index) : std::string{}, "", timeouts, blockers);
    if (!commits && !bench_.connection.in_transaction()) {  // ROLLBACK
      bench_.connection.execute("BEGIN;" + journal_sql(index) + "COMMIT;");
    }
  }

  /// Alone, outside a transaction: begun, run, looked at, done.
  void outside(std::size_t index, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto& statement = job_.script.statements[index];
    const auto text = job_.sql(statement);
    const auto kind = proof_kind(statement);
    Step step{static_cast<int>(index) + 1, hash_through(index), false,
              note_before(bench_.connection, kind, text)};
    bench_.connection.execute(timeouts_sql(timeouts, "SET") + "BEGIN;" + history_role_sql() +
                              bench_.history.step_sql(key_, step) + "COMMIT;");
    try {
      send(index, "", "", timeouts, blockers);
    } catch (const PlacedError&) {
      after_failure(index, kind, step, timeouts);
      throw;
    }
    if (kind == ProofKind::kIndexBuild) {
      if (const auto invalid = invalid_index_of(bench_.connection, text); !invalid.empty()) {
        bench_.connection.execute(bench_.history.unbegin_step_sql(key_, step.ordinal));
        throw error_at(
            statement, ExitCode::kHistoryConflict,
            fmt::format("index {} exists but is INVALID, left by a build that failed elsewhere", invalid),
            fmt::format("run DROP INDEX CONCURRENTLY {}; and then the same command again", invalid));
      }
    }
    bench_.connection.execute("BEGIN;" + journal_sql(index) + "COMMIT;");
  }

  /// A statement outside a transaction failed while we watched: clean up now what we can, so that a rerun
  /// just works.
  void after_failure(std::size_t index, ProofKind kind, const Step& step, const Timeouts& timeouts) {
    if (kind == ProofKind::kNone) return;  // may be half done: the next run asks
    try {
      std::string said;
      Connection::Limits limits;
      limits.timeout = timeouts.statement;
      const auto outcome = find_outcome(bench_.connection, kind, job_.sql(job_.script.statements[index]),
                                        step.before, limits, said);
      if (!said.empty()) note(said);
      if (outcome == Outcome::kNotDone)
        bench_.connection.execute(bench_.history.unbegin_step_sql(key_, step.ordinal));
    } catch (const SqlError&) {
      // The journal still says "begun": the next run cleans up.
    }
  }

  void send(std::size_t index, const std::string& before, const std::string& after, const Timeouts& timeouts,
            std::vector<Blocker>& blockers) {
    const auto& statement = job_.script.statements[index];
    const auto text = job_.sql(statement);
    const std::string tail = after.empty() ? std::string{} : "\n;" + after;
    try {
      bench_.connection.execute(before + std::string(text) + tail,
                                watched(bench_, job_, blockers, timeouts, statement.begin));
    } catch (const SqlError& error) {
      std::size_t offset = statement.begin;
      if (error.position > 0) {
        const auto byte = byte_of_character(before + std::string(text), error.position);
        if (byte >= before.size()) offset += byte - before.size();
      }
      throw PlacedError{error, offset};
    }
  }

  void send_copy(const Statement& statement, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
    const auto data = job_.sql().substr(statement.data_begin, statement.data_end - statement.data_begin);
    try {
      bench_.connection.copy_in(job_.sql(statement), data,
                                watched(bench_, job_, blockers, timeouts, statement.begin));
    } catch (const SqlError& error) {
      throw PlacedError{error, copy_error_offset(job_.sql(), statement, error)};
    }
  }

  std::string timeouts_sql(const Timeouts& timeouts, std::string_view set) const {
    std::string sql;
    if (!file_sets_lock_timeout_) sql += fmt::format("{} lock_timeout = {};", set, timeouts.lock.count());
    if (!file_sets_statement_timeout_)
      sql += fmt::format("{} statement_timeout = {};", set, timeouts.statement.count());
    return sql;
  }

  std::string done_sql(std::size_t index) const {
    return bench_.history.step_sql(key_, {static_cast<int>(index) + 1, hash_through(index), true, ""});
  }
  /// The same inside a transaction; the file may have changed the role, and gets it back when the transaction
  /// ends.
  std::string journal_sql(std::size_t index) const { return history_role_sql() + done_sql(index); }
  static std::string history_role_sql() {
    return "SET LOCAL SESSION AUTHORIZATION DEFAULT;SET LOCAL ROLE NONE;";
  }

  Connection::Limits patient_limits(const Statement& statement) const {
    Connection::Limits limits;
    limits.timeout = statement_timeouts(statement, job_.options, bench_.settings).statement;
    return limits;
  }

  void note(std::string text) const {
    Event event;
    event.kind = EventKind::kNote;
    event.name = job_.migration.name;
    event.text = std::move(text);
    bench_.sink.on(event);
  }

  void tell(std::size_t index) const {
    auto event = progress_event(job_, job_.script.statements[index].end);
    event.statements = index + 1;
    bench_.sink.on(event);
  }

  Bench& bench_;
  const Job& job_;
  std::string key_;
  int& retries_;
  bool file_sets_lock_timeout_ = false;  // then ours would undo what the file meant
  bool file_sets_statement_timeout_ = false;
};

/// A file that failed in its first statement has done nothing: then the history does not know it either.
void forget_if_nothing_done(Bench& bench, const Job& job) {
  roll_back(bench.connection);
  bench.connection.execute(reset_sql(bench.connection));
  if (!bench.history.steps(job.journal_key()).empty()) return;
  const auto& name = job.migration.name;
  bench.connection.execute("BEGIN;" +
                           (job.direction == Direction::kUp
                                ? bench.history.forget_sql(name)
                                : bench.history.set_state_sql(name, RowState::kApplied)) +
                           "COMMIT");
}

}  // namespace

void run_by_statement(Bench& bench, const Job& job, bool resumes, int& retries) {
  try {
    StepRun(bench, job, retries).run(resumes);
  } catch (const MigrationError&) {
    forget_if_nothing_done(bench, job);
    throw;
  }
}

}  // namespace bigocean::sql::migrate
