// Runs a file in one transaction, together with its history row.
#include "sql/migrate/run/transaction.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/run/failure.hpp"
#include "sql/migrate/run/lock_approach.hpp"
#include "sql/migrate/run/lock_retry.hpp"
#include "sql/migrate/run/rows.hpp"
#include "sql/migrate/source/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::chrono::milliseconds kDurableTimeout{10'000};
constexpr std::size_t kRowsMin = 100;         // fewer do not justify a round trip of their own
constexpr std::size_t kRowsBatchFactor = 16;  // they are sent as they are read: a batch costs no memory

/// How statements are sent: many in one message as they are written, many INSERTs of one row with parameters,
/// or one COPY … FROM STDIN alone.
enum class BatchKind { kText, kRows, kCopy };

/// Neighbouring statements that are sent together.
struct Batch {
  std::size_t first = 0;  // statement numbers, [first, last)
  std::size_t last = 0;
  BatchKind kind = BatchKind::kText;
};

/// Behind the last of the INSERTs that stand one after another from `first` on; `first` when they are few.
std::size_t end_of_rows(const std::vector<Statement>& statements, std::size_t first) {
  const auto is_insert = [](const Statement& statement) {
    return statement.words.starts_with("INSERT INTO ") &&
           statement.words.find(" VALUES") != std::string::npos;
  };
  auto end = first;
  while (end < statements.size() && is_insert(statements[end])) ++end;
  return end - first >= kRowsMin ? end : first;
}

std::vector<Batch> make_batches(const std::vector<Statement>& statements, std::size_t batch_bytes,
                                bool rows_apart) {
  std::vector<Batch> batches;
  std::size_t rows_end = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (rows_apart && i >= rows_end) rows_end = end_of_rows(statements, i);
    const auto kind = statements[i].kind == StatementKind::kCopyFromStdin ? BatchKind::kCopy
                      : i < rows_end                                      ? BatchKind::kRows
                                                                          : BatchKind::kText;
    const auto bytes_max = kind == BatchKind::kRows ? kRowsBatchFactor * batch_bytes : batch_bytes;
    const bool joins = !batches.empty() && kind == batches.back().kind && kind != BatchKind::kCopy &&
                       statements[i].end - statements[batches.back().first].begin <= bytes_max;
    if (joins) {
      batches.back().last = i + 1;
    } else {
      batches.push_back({i, i + 1, kind});
    }
  }
  return batches;
}

/// One that another file of the run follows need not wait for the disk: make_durable() at the run's end waits
/// for all before it. A server that crashes in between loses whole files with their history rows, and always
/// the last ones.
bool may_commit_early(const Job& job) { return job.direction == Direction::kUp && job.index < job.count; }

std::string_view storable_text(const Migration& migration) {
  const std::string_view text = migration.text;
  return text.substr(0, text.find(kBinaryCopySignature));
}

/// A message that is being built: what stands before and after the file's own text, so that the server's
/// error position and its count of finished statements lead back to the file.
struct Message {
  std::string text;
  std::size_t own_begin = 0;  // where the file's text starts in `text`
  std::size_t own_bytes = 0;
  std::size_t statements_before = 0;  // of ours, in front

  void before(std::string_view sql) {
    text += sql;
    statements_before += static_cast<std::size_t>(std::count(sql.begin(), sql.end(), ';'));
    own_begin = text.size();
  }
  void own(std::string_view sql) {
    own_begin = text.size();
    own_bytes = sql.size();
    text += sql;
    text += "\n;";  // the file may end in a comment, or without a semicolon
  }
};

class TransactionRun {
 public:
  /// `as_written`: every statement travels as the file has it.
  TransactionRun(RunContext& context, const Job& job, LockApproach& approach, std::vector<Blocker>& blockers,
                 const Timeouts& timeouts, bool as_written)
      : context_(context),
        job_(job),
        approach_(approach),
        blockers_(blockers),
        timeouts_(timeouts),
        as_written_(as_written),
        batch_bytes_(static_cast<std::size_t>(context.settings.batch_bytes)),
        rows_(context.connection, job) {}

  void run() {
    opening_ = "BEGIN ISOLATION LEVEL READ COMMITTED;";
    if (may_commit_early(job_)) opening_ += "SET LOCAL synchronous_commit = off;";
    run_statements(true);
  }

  /// `ends`: the last message holds the history row and COMMIT, too.
  void run_statements(bool ends) {
    const auto& statements = job_.script.statements;
    const auto batches =
        make_batches(statements, batch_bytes_, !as_written_ && job_.text.size() > batch_bytes_);
    timeouts_.lock = approach_.lock_timeout(timeouts_.lock);
    opening_ +=
        fmt::format("SET LOCAL lock_timeout = {};SET LOCAL statement_timeout = {};{}", timeouts_.lock.count(),
                    timeouts_.statement.count(), hurry_autovacuum_sql(context_));
    locks_begin_ = static_cast<std::size_t>(std::count(opening_.begin(), opening_.end(), ';'));
    locks_end_ = locks_begin_ + approach_.lock_count();
    opening_ += approach_.lock_sql();
    for (std::size_t i = 0; i < batches.size(); ++i) {
      Batch batch = batches[i];
      if (batch.kind == BatchKind::kCopy) {
        send_copy(statements[batch.first]);
        continue;
      }
      if (batch.kind == BatchKind::kRows) batch = send_rows(batch);
      if (batch.first < batch.last) send(batch, ends && i + 1 == batches.size());
    }
    if (ends && !ended_) send({}, true);
  }

  /// Whether statements were sent in another form than written.
  bool sent_rows() const { return rows_.sent_any(); }

 private:
  std::string ending_sql(bool with_text) {
    const auto& history = context_.history;
    std::string sql = history_guard_sql();
    if (job_.direction == Direction::kDown) {
      sql += history.forget_sql(job_.migration.name) +
             history.event_sql(job_.migration.name, "down", "", job_.migration.checksum, "");
    } else {
      if (with_text) sql += history.text_sql(job_.migration.name, storable_text(job_.migration));
      sql += history.record_sql(job_.migration, RowState::kApplied, "up");
    }
    return sql + "COMMIT;" + context_.session.sql_after_commit(job_.traces);
  }

  void send(const Batch& batch, bool ends) {
    ended_ = ends;
    rows_.forget();
    const auto& statements = job_.script.statements;
    Message message;
    message.before(opening_);
    opening_.clear();
    if (batch.last > batch.first) {
      const auto begin = statements[batch.first].begin;
      message.own(job_.sql().substr(begin, statements[batch.last - 1].end - begin));
    }
    if (!ends) {
      execute(message, batch);
      return;
    }
    if (job_.direction == Direction::kUp && job_.migration.text.size() > batch_bytes_) {
      // The text as applied is sent in parts, so that no message grows with the file.
      message.text += history_guard_sql();
      execute(message, batch);
      store_text();
      return finish({ending_sql(false)}, {});
    }
    message.text += ending_sql(true);
    finish(message, batch);
  }

  /// Behind its COMMIT the last message makes the session's state known for the next file; an error there is
  /// not this file's.
  void finish(const Message& message, const Batch& batch) {
    try {
      context_.session.after_commit(job_.traces, execute(message, batch));
    } catch (const PlacedError& error) {
      if (!error.cause.committed) throw;
      context_.session.after_file(job_.traces);
    }
  }

  void store_text() {
    try {
      migrate::store_text(context_.connection, context_.history, job_.migration,
                          context_.settings.batch_bytes,
                          monitored(context_, job_, blockers_, timeouts_, bytes_done_, &approach_));
    } catch (const SqlError& error) {
      throw PlacedError{error, std::nullopt};
    }
  }

  void send_opening() {
    if (opening_.empty()) return;
    Message message;
    message.before(opening_);
    opening_.clear();
    execute(message, {});
  }

  /// Sends those at the start of the batch that can be sent with parameters; returns the rest.
  Batch send_rows(const Batch& batch) {
    send_opening();
    const auto limits = monitored(context_, job_, blockers_, timeouts_, bytes_done_, &approach_);
    const auto end = rows_.send(batch.first, batch.last, limits);
    restore_text_settings();
    if (end > batch.first) report_progress(job_.script.statements[end - 1].end);
    return {end, batch.last, BatchKind::kText};
  }

  void send_copy(const Statement& statement) {
    send_opening();
    rows_.forget();
    const auto data = job_.sql().substr(statement.data_begin, statement.data_end - statement.data_begin);
    const auto report = [&](std::size_t bytes) { report_progress(statement.data_begin + bytes); };
    try {
      context_.connection.copy_in(
          job_.sql(statement), data,
          monitored(context_, job_, blockers_, timeouts_, statement.data_begin, &approach_), report);
    } catch (const SqlError& error) {
      throw PlacedError{error, copy_error_offset(job_.sql(), statement, error)};
    }
    restore_text_settings();
    bytes_done_ = statement.data_end;
  }

  Rows execute(const Message& message, const Batch& batch) {
    if (message.text.empty()) return {};
    throw_if_blocking(batch);
    Rows rows;
    try {
      rows = context_.connection.execute(
          message.text, monitored(context_, job_, blockers_, timeouts_, bytes_done_, &approach_));
    } catch (SqlError& error) {
      if (error.sqlstate == "55P03" && error.completed >= locks_begin_ && error.completed < locks_end_) {
        // The file has not begun, so there is no place in it; the table says more.
        const auto index = error.completed - locks_begin_;
        error.server_message +=
            ", while " + approach_.table(index) + " was to be locked before the file begins";
        error.message = error.server_message;
        approach_.failed_at(index);
      }
      throw PlacedError{error, place_in_file(message, batch, error)};
    }
    locks_end_ = 0;
    restore_text_settings();
    if (batch.last > batch.first) report_progress(job_.script.statements[batch.last - 1].end);
    return rows;
  }

  /// Called after every message: what has been sent is already read by the earlier settings.
  void restore_text_settings() {
    if (auto changed = migrate::restore_text_settings(context_.connection); !changed.empty())
      note_text_settings(context_, job_, changed);
  }

  /// Many short messages in a row never wait long enough to be looked at while they run.
  void throw_if_blocking(const Batch& batch) {
    if (!context_.connection.in_transaction() || !context_.blocking.look(context_.connection)) return;
    SqlError error(base::ExitCode::kSqlError, "cancelled between two statements");
    error.sqlstate = "57014";
    const auto& statements = job_.script.statements;
    throw PlacedError{std::move(error), batch.first < statements.size()
                                            ? std::optional(statements[batch.first].begin)
                                            : std::nullopt};
  }

  std::optional<std::size_t> place_in_file(const Message& message, const Batch& batch,
                                           const SqlError& error) const {
    const auto& statements = job_.script.statements;
    if (batch.last == batch.first) return std::nullopt;
    const auto begin = statements[batch.first].begin;
    if (error.position > 0) {
      const auto byte = byte_of_character(message.text, error.position);
      if (byte < message.own_begin || byte > message.own_begin + message.own_bytes) return std::nullopt;
      return begin + byte - message.own_begin;
    }
    // No position: the statement after the last one that finished. A syntax error always has a position, so
    // the statements did run one by one.
    if (error.completed < message.statements_before) return std::nullopt;
    const auto number = batch.first + error.completed - message.statements_before;
    if (number >= batch.last) return std::nullopt;
    return statements[number].begin;
  }

  void report_progress(std::size_t bytes) {
    bytes_done_ = bytes;
    if (job_.text.size() <= batch_bytes_) return;
    context_.sink.on(progress_event(job_, bytes));
  }

  RunContext& context_;
  const Job& job_;
  LockApproach& approach_;
  std::vector<Blocker>& blockers_;
  Timeouts timeouts_;
  bool as_written_;
  std::size_t batch_bytes_;
  RowSender rows_;
  std::string opening_;
  bool ended_ = false;
  std::size_t locks_begin_ = 0, locks_end_ = 0;  // of the first message's statements, those that lock tables
  std::size_t bytes_done_ = 0;
};

bool says_must_leave(const PlacedError& error, const Job& job) {
  if (job.options.transaction) return false;
  if (error.cause.sqlstate == "55P04") return true;  // an enum value is used that the file adds
  if (error.cause.sqlstate != "25001" || !error.offset) return false;
  // SET TRANSACTION too late has the same SQLSTATE, and would do nothing outside a transaction.
  for (const auto& statement : job.script.statements) {
    if (statement.begin == *error.offset) return !statement.words.starts_with("SET");
  }
  return false;
}

}  // namespace

void store_text(Connection& connection, const History& history, const Migration& migration,
                std::int64_t part_bytes, const Connection::Limits& limits) {
  const auto text = storable_text(migration);
  const auto bytes = static_cast<std::size_t>(std::max<std::int64_t>(part_bytes, 1024));
  std::size_t at = 0, number = 0;
  sql::Query part;
  connection.keep_statements_anew();
  connection.stream(
      [&]() -> const sql::Query* {
        if (at >= text.size() && number > 0) return nullptr;
        auto end = std::min(text.size(), at + bytes);
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
        part = history.text_part(migration.name, number++, text.substr(at, end - at));
        at = end;
        return &part;
      },
      limits);
}

TransactionOutcome run_in_transaction(RunContext& context, const Job& job, int& retries) {
  auto outcome = TransactionOutcome::kCommitted;
  std::vector<Blocker> blockers;
  const auto timeouts = file_timeouts(job.script, job.options, context.settings);
  LockApproach approach(context, job, true);
  retries = with_lock_retries(context, job, approach, timeouts, blockers, kBlockingRetries, [&] {
    // What fails with parameters is run once more as it is written: the error's place and words are then the
    // file's own, and what a parameter cannot do for a literal is no failure.
    for (const bool as_written : {!context.settings.insert_parameters, true}) {
      // A rolled back try leaves what no rollback undoes: prepared statements, the seed of random().
      context.session.establish();
      TransactionRun run(context, job, approach, blockers, timeouts, as_written);
      try {
        return run.run();
      } catch (const PlacedError& error) {
        context.session.after_file(job.traces);
        const bool must_leave = says_must_leave(error, job);
        const bool again = run.sent_rows() && !is_lock_trouble(error.cause) && !context.blocking.exceeded();
        if (!must_leave && !again) throw;
        roll_back(context.connection);
        if (must_leave) {
          outcome = TransactionOutcome::kMustLeave;
          return;
        }
      }
    }
  });
  return outcome;
}

void make_durable(Connection& connection, const History& history, const std::string& name) {
  Connection::Limits limits;
  limits.timeout = kDurableTimeout;
  limits.ignore_interrupt = true;
  try {
    connection.execute("BEGIN;" + history_guard_sql() + "SET LOCAL synchronous_commit TO DEFAULT;" +
                           history.set_state_sql(name, RowState::kApplied) + "COMMIT",
                       limits);
  } catch (const base::Error&) {
    // The connection is gone: the server writes what it has within a second, or has lost it with the rest.
  }
}

void run_statements(RunContext& context, const Job& job, const Timeouts& timeouts,
                    std::vector<Blocker>& blockers) {
  LockApproach approach(context, job, true);
  TransactionRun(context, job, approach, blockers, timeouts, true).run_statements(false);
}

}  // namespace bigocean::sql::migrate
