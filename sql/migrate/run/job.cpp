// One file on its way through the server: what is run, with what, and how.
#include "sql/migrate/run/job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/migrate/run/lock_approach.hpp"
#include "sql/migrate/run/own_transaction.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kLookPeriodMax{500};
constexpr milliseconds kLookPeriodMin{50};
constexpr milliseconds kBlockingLookPeriod{100};
constexpr milliseconds kRollbackTimeout{10'000};

Script lex_part(std::string_view path, std::string_view source, const Part& part) {
  try {
    return lex(source.substr(part.begin, part.end - part.begin));
  } catch (const LexError& error) {
    throw make_file_error(base::ExitCode::kUsage, path, source, part.begin + error.offset, error.message,
                          error.hint);
  }
}

/// The part's text, of a file that can be run here.
std::string_view runnable_source(const Migration& migration, Direction direction) {
  const bool own_file = direction == Direction::kDown && !migration.down_path.empty();
  if (migration.obstacle && !own_file) {
    throw make_file_error(base::ExitCode::kUsage, migration.path, migration.text, migration.obstacle->offset,
                          migration.obstacle->message, migration.obstacle->hint);
  }
  return direction == Direction::kUp ? std::string_view(migration.text) : migration.down_source();
}

const Part& part_of(const Migration& migration, Direction direction) {
  return direction == Direction::kUp ? migration.up : migration.down.value();
}

/// "CREATE INDEX CONCURRENTLY", "ALTER SYSTEM": the words that name the statement for a reader.
std::string first_words(const Statement& statement) {
  constexpr std::string_view kConcurrently = "CONCURRENTLY";
  const std::string_view words = statement.words;
  if (const auto at = words.find(kConcurrently); at != std::string_view::npos) {
    return std::string(words.substr(0, at + kConcurrently.size()));
  }
  return std::string(
      words.substr(0, words.find(' ', words.find(' ') == std::string_view::npos ? 0 : words.find(' ') + 1)));
}

/// A file that another tool ran may begin and end transactions; then it manages them itself.
bool has_own_transactions(const Job& job) {
  return job.migration.of_other_tool && !job.options.transaction.value_or(false) &&
         has_transaction_control(job.script);
}

}  // namespace

Job::Job(const Migration& m, Direction d, std::size_t index_in, std::size_t count_in)
    : migration(m),
      direction(d),
      index(index_in),
      count(count_in),
      source(runnable_source(m, d)),
      path(d == Direction::kUp || m.down_path.empty() ? m.path : m.down_path),
      text(source.substr(part_of(m, d).begin, part_of(m, d).end - part_of(m, d).begin)),
      text_begin(part_of(m, d).begin),
      options(part_of(m, d).options),
      script(lex_part(path, source, part_of(m, d))),
      traces(session_traces(*this)) {}

std::string Job::journal_key() const {
  return direction == Direction::kUp ? migration.name : migration.name + " (down)";
}

Mode choose_mode(const Job& job) {
  const auto place = [&](const Statement& s, std::string_view message, std::string hint) {
    return statement_error(job, s, base::ExitCode::kUsage, message, std::move(hint));
  };
  const bool may_leave = job.options.transaction.has_value() && !*job.options.transaction;
  Mode mode;
  if (may_leave) mode = {false, "the file says transaction:false"};
  if (may_leave || has_own_transactions(job)) {
    if (const auto unpaired = find_unpaired(job.script)) {
      const auto& statement = job.script.statements[unpaired->statement];
      throw place(statement, fmt::format("{}: {}", first_words(statement), unpaired->what),
                  "pair every BEGIN with one COMMIT or ROLLBACK, or remove them: a file is one transaction "
                  "already");
    }
    if (!may_leave) return {false, "it has transactions of its own"};
  }
  for (const auto& statement : job.script.statements) {
    if (statement.kind == StatementKind::kTransaction && !may_leave) {
      throw place(statement,
                  fmt::format("{} in a migration: bigocean runs each file in a transaction of its own",
                              first_words(statement)),
                  "remove it, or, if the file means to manage its own transactions, write `-- bigocean: "
                  "transaction:false` above its first statement");
    }
    const bool outside =
        statement.kind == StatementKind::kConcurrently || statement.kind == StatementKind::kNonTransactional;
    if (!outside || !mode.transaction) continue;
    if (job.options.transaction.value_or(false)) {
      throw place(statement,
                  fmt::format("{} cannot run inside a transaction, but the file says transaction:true",
                              first_words(statement)),
                  "remove transaction:true, or move the statement into a file of its own");
    }
    mode = {false,
            fmt::format("line {}: {} cannot run inside a transaction",
                        place_of(job.source, job.text_begin + statement.begin).line, first_words(statement))};
  }
  return mode;
}

std::string history_guard_sql() {
  return "RESET SESSION AUTHORIZATION;RESET ROLE;SET LOCAL search_path = pg_catalog, pg_temp;"
         "SET LOCAL row_security = off;";
}

std::string_view hurry_autovacuum_sql(const RunContext& context) {
  return context.monitor.may_hurry_autovacuum() ? "SET LOCAL deadlock_timeout = 50;" : "";
}

void roll_back(Connection& connection) {
  try {
    if (!connection.in_transaction()) return;
    Connection::Limits limits;
    limits.timeout = kRollbackTimeout;
    limits.ignore_interrupt = true;
    connection.execute("ROLLBACK", limits);
  } catch (const base::Error&) {
    // The connection is gone, and with it the transaction.
  }
}

MigrationError statement_error(const Job& job, const Statement& statement, base::ExitCode code,
                               std::string_view message, std::string hint) {
  return make_file_error(code, job.path, job.source, job.text_begin + statement.begin, message,
                         std::move(hint));
}

void emit_note(RunContext& context, const Job& job, std::string text) {
  Event event;
  event.kind = EventKind::kNote;
  event.name = job.migration.name;
  event.text = std::move(text);
  context.sink.on(event);
}

void note_text_settings(RunContext& context, const Job& job, const std::string& changed) {
  Event event;
  event.kind = EventKind::kWarning;
  event.name = job.migration.name;
  event.text = fmt::format("sets {}; a migration is still read as UTF-8 with standard strings", changed);
  context.sink.on(event);
}

Event progress_event(const Job& job, std::uint64_t bytes) {
  Event event;
  event.kind = EventKind::kProgress;
  event.name = job.migration.name;
  event.index = job.index;
  event.count = job.count;
  event.bytes = bytes;
  event.bytes_total = job.text.size();
  return event;
}

Connection::Limits monitored(RunContext& context, const Job& job, std::vector<Blocker>& blockers,
                             const Timeouts& timeouts, std::uint64_t bytes_done, LockApproach* approach) {
  Connection::Limits limits;
  limits.on_wait_period = kBlockingLookPeriod;
  auto progress_period = kLookPeriodMax;
  if (timeouts.lock.count() > 0) {
    // Look at least twice before the server stops waiting: afterwards it cannot be told who blocked.
    limits.on_wait_period = std::clamp(timeouts.lock / 3, kLookPeriodMin, kBlockingLookPeriod);
    progress_period = std::clamp(timeouts.lock / 3, kLookPeriodMin, kLookPeriodMax);
  }
  limits.on_wait = [&context, &job, &blockers, bytes_done, approach, progress_period, began = Clock::now(),
                    next = Clock::now()]() mutable {
    if (context.blocking.look(context.connection) || Clock::now() < next) return;
    next = Clock::now() + progress_period;
    const int pid = context.connection.backend_pid();
    auto seen = context.monitor.blockers(pid);
    auto event = progress_event(job, bytes_done);
    event.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    if (!seen.empty()) {
      if (approach != nullptr) approach->look_at_wait();
      blockers = seen;
      event.blockers = std::move(seen);
    } else if (context.look_at_standby()) {
      event.text = "waiting for a synchronous standby";
    } else if (auto phase = context.monitor.index_progress(pid)) {
      event.text = std::move(*phase);
    }
    context.sink.on(event);
  };
  return limits;
}

}  // namespace bigocean::sql::migrate
