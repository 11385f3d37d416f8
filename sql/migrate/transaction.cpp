// Runs a file in one transaction, together with its history row.
#include "sql/migrate/transaction.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/migrate/failure.hpp"
#include "sql/migrate/text.hpp"

namespace bigocean::sql::migrate {
namespace {

/// Neighbouring statements that travel together; with `copy`, one COPY … FROM STDIN alone.
struct Batch {
  std::size_t first = 0;  // statement numbers, [first, last)
  std::size_t last = 0;
  bool copy = false;
};

std::vector<Batch> make_batches(const std::vector<Statement>& statements, std::size_t batch_bytes) {
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const bool copy = statements[i].kind == StatementKind::kCopyFromStdin;
    const bool joins = !batches.empty() && !copy && !batches.back().copy &&
                       statements[i].end - statements[batches.back().first].begin <= batch_bytes;
    if (joins) {
      batches.back().last = i + 1;
    } else {
      batches.push_back({i, i + 1, copy});
    }
  }
  return batches;
}

/// A message in the making: what stands before and after the file's own text, so that the server's error
/// position and its count of finished statements lead back to the file.
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
  TransactionRun(Bench& bench, const Job& job, std::vector<Blocker>& blockers, const Timeouts& timeouts)
      : bench_(bench),
        job_(job),
        blockers_(blockers),
        timeouts_(timeouts),
        batch_bytes_(static_cast<std::size_t>(bench.settings.batch_bytes)),
        parts_(job.migration.text, batch_bytes_) {}

  void run() {
    opening_ = reset_sql(bench_.connection) + "BEGIN ISOLATION LEVEL READ COMMITTED;";
    run_statements(true);
  }

  /// `ends`: the last message holds the history row and COMMIT, too.
  void run_statements(bool ends) {
    const auto& statements = job_.script.statements;
    const auto batches = make_batches(statements, batch_bytes_);
    opening_ += fmt::format("SET LOCAL lock_timeout = {};SET LOCAL statement_timeout = {};",
                            timeouts_.lock.count(), timeouts_.statement.count());
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (batches[i].copy) {
        send_copy(statements[batches[i].first]);
      } else {
        send(batches[i], ends && i + 1 == batches.size());
      }
    }
    if (ends && (batches.empty() || batches.back().copy)) send({}, true);
  }

 private:
  std::string ending_sql() {
    const auto& history = bench_.history;
    std::string sql = history_guard_sql();
    if (job_.direction == Direction::kDown) {
      return sql + history.forget_sql(job_.migration.name) +
             history.event_sql(job_.migration.name, "down", "", job_.migration.checksum, "") + "COMMIT;";
    }
    sql += parts_.next_sql(history, job_.migration.name);
    return sql + history.record_sql(job_.migration, RowState::kApplied, "up") + "COMMIT;";
  }

  void send(const Batch& batch, bool ends) {
    const auto& statements = job_.script.statements;
    Message message;
    message.before(opening_);
    opening_.clear();
    if (batch.last > batch.first) {
      const auto begin = statements[batch.first].begin;
      message.own(job_.sql().substr(begin, statements[batch.last - 1].end - begin));
    }
    if (!ends) return execute(message, batch);
    if (job_.direction == Direction::kUp && job_.migration.text.size() > batch_bytes_) {
      // The text as applied goes in messages of its own, so that none grows with the file.
      execute(message, batch);
      store_text();
      return execute({ending_sql()}, {});
    }
    message.text += ending_sql();
    execute(message, batch);
  }

  void store_text() {
    while (!parts_.done()) {
      execute({history_guard_sql() + parts_.next_sql(bench_.history, job_.migration.name)}, {});
    }
  }

  void send_copy(const Statement& statement) {
    if (!opening_.empty()) {
      Message message;
      message.before(opening_);
      opening_.clear();
      execute(message, {});
    }
    const auto data = job_.sql().substr(statement.data_begin, statement.data_end - statement.data_begin);
    const auto report = [&](std::size_t bytes) { tell(statement.data_begin + bytes); };
    try {
      bench_.connection.copy_in(job_.sql(statement), data,
                                watched(bench_, job_, blockers_, timeouts_, statement.data_begin), report);
    } catch (const SqlError& error) {
      throw PlacedError{error, copy_error_offset(job_.sql(), statement, error)};
    }
    bytes_done_ = statement.data_end;
  }

  void execute(const Message& message, const Batch& batch) {
    if (message.text.empty()) return;
    try {
      bench_.connection.execute(message.text, watched(bench_, job_, blockers_, timeouts_, bytes_done_));
    } catch (const SqlError& error) {
      throw PlacedError{error, place_in_file(message, batch, error)};
    }
    if (batch.last > batch.first) tell(job_.script.statements[batch.last - 1].end);
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

  void tell(std::size_t bytes) {
    bytes_done_ = bytes;
    if (job_.text.size() <= batch_bytes_) return;
    bench_.sink.on(progress_event(job_, bytes));
  }

  Bench& bench_;
  const Job& job_;
  std::vector<Blocker>& blockers_;
  Timeouts timeouts_;
  std::size_t batch_bytes_;
  TextParts parts_;
  std::string opening_;
  std::size_t bytes_done_ = 0;
};

bool says_must_leave(const PlacedError& error, const Job& job) {
  if (error.cause.sqlstate != "25001" || !error.offset || job.options.transaction) return false;
  // SET TRANSACTION too late has the same SQLSTATE, and would do nothing outside a transaction.
  for (const auto& statement : job.script.statements) {
    if (statement.begin == *error.offset) return !statement.words.starts_with("SET");
  }
  return false;
}

}  // namespace

TextParts::TextParts(std::string_view text, std::size_t part_bytes)
    : text_(text.substr(0, text.find(kBinaryCopySignature))),
      part_bytes_(std::max<std::size_t>(part_bytes, 1024)) {}

std::string TextParts::next_sql(const History& history, const std::string& name) {
  if (done()) return {};
  auto end = std::min(text_.size(), at_ + part_bytes_);
  while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80) --end;
  const auto part = text_.substr(at_, end - at_);
  at_ = end;
  return history.text_sql(name, number_++, part);
}

void store_text(Connection& connection, const History& history, const Migration& migration,
                std::int64_t part_bytes) {
  TextParts parts(migration.text, static_cast<std::size_t>(part_bytes));
  while (!parts.done()) connection.execute(parts.next_sql(history, migration.name));
}

TransactionOutcome run_in_transaction(Bench& bench, const Job& job, int& retries) {
  auto outcome = TransactionOutcome::kCommitted;
  std::vector<Blocker> blockers;
  retries = with_lock_retries(bench, job, blockers, [&] {
    try {
      TransactionRun(bench, job, blockers, file_timeouts(job, bench.settings)).run();
    } catch (const PlacedError& error) {
      if (!says_must_leave(error, job)) throw;
      roll_back(bench.connection);
      outcome = TransactionOutcome::kMustLeave;
    }
  });
  return outcome;
}

void run_statements(Bench& bench, const Job& job, const Timeouts& timeouts, std::vector<Blocker>& blockers) {
  TransactionRun(bench, job, blockers, timeouts).run_statements(false);
}

}  // namespace bigocean::sql::migrate
