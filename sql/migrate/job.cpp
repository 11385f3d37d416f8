// One file on its way through the server: what is run, with what, and how.
#include "sql/migrate/job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/retry.hpp"
#include "base/text.hpp"
#include "sql/migrate/lock.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kRetryPauseMin{100};
constexpr milliseconds kRetryPauseMax{5000};
constexpr milliseconds kLookPeriodMax{500};
constexpr milliseconds kLookPeriodMin{50};
constexpr milliseconds kRollbackTimeout{10'000};

milliseconds elapsed_since(Clock::time_point began) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - began);
}

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

/// "CREATE INDEX CONCURRENTLY", "ALTER SYSTEM": what a reader knows the statement by.
std::string first_words(const Statement& statement) {
  constexpr std::string_view kConcurrently = "CONCURRENTLY";
  const std::string_view words = statement.words;
  if (const auto at = words.find(kConcurrently); at != std::string_view::npos) {
    return std::string(words.substr(0, at + kConcurrently.size()));
  }
  return std::string(
      words.substr(0, words.find(' ', words.find(' ') == std::string_view::npos ? 0 : words.find(' ') + 1)));
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

Timeouts file_timeouts(const Job& job, const config::Settings::Migrate& settings) {
  const bool strong = std::any_of(job.script.statements.begin(), job.script.statements.end(),
                                  [](const Statement& s) { return s.kind == StatementKind::kOther; });
  return {job.options.lock_timeout.value_or(strong ? settings.lock_timeout : settings.data_lock_timeout),
          job.options.statement_timeout.value_or(settings.statement_timeout)};
}

Timeouts statement_timeouts(const Statement& statement, const FileOptions& options,
                            const config::Settings::Migrate& settings) {
  Timeouts timeouts{settings.lock_timeout, settings.statement_timeout};
  if (statement.kind == StatementKind::kConcurrently)
    timeouts = {milliseconds{0}, settings.concurrently_timeout};
  if (statement.kind == StatementKind::kNonTransactional) timeouts.statement = settings.concurrently_timeout;
  if (statement.kind == StatementKind::kData || statement.kind == StatementKind::kCopyFromStdin) {
    timeouts.lock = settings.data_lock_timeout;
  }
  return {options.lock_timeout.value_or(timeouts.lock),
          options.statement_timeout.value_or(timeouts.statement)};
}

std::string history_guard_sql() {
  return "RESET SESSION AUTHORIZATION;RESET ROLE;SET LOCAL search_path = pg_catalog, pg_temp;"
         "SET LOCAL row_security = off;";
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

void tell_note(Bench& bench, const Job& job, std::string text) {
  Event event;
  event.kind = EventKind::kNote;
  event.name = job.migration.name;
  event.text = std::move(text);
  bench.sink.on(event);
}

void note_text_settings(Bench& bench, const Job& job, const std::string& changed) {
  Event event;
  event.kind = EventKind::kWarning;
  event.name = job.migration.name;
  event.text =
      fmt::format("sets {}; a migration is read as UTF-8 with standard strings all the same", changed);
  bench.sink.on(event);
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

MigrationError lock_lost_error(Bench& bench, const Job& job) {
  const auto holder = describe_holder(bench.connection, bench.history.lock_key());
  MigrationError error(
      base::ExitCode::kMigrationLockHeld,
      fmt::format(
          "{} gave the migration lock away, and another migrate took it: {}. What this run had not committed "
          "is rolled back",
          job.path, holder.empty() ? "it has ended meanwhile" : holder),
      "remove DISCARD ALL and pg_advisory_unlock_all() from migrations, then run the same command again");
  error.file = job.path;
  return error;
}

Connection::Limits watched(Bench& bench, const Job& job, std::vector<Blocker>& blockers,
                           const Timeouts& timeouts, std::uint64_t bytes_done) {
  Connection::Limits limits;
  limits.on_wait_period = kLookPeriodMax;
  if (timeouts.lock.count() > 0) {
    // Look at least twice before the server gives up waiting: afterwards nobody can tell who was in the way.
    limits.on_wait_period = std::clamp(timeouts.lock / 3, kLookPeriodMin, kLookPeriodMax);
  }
  limits.on_wait = [&bench, &job, &blockers, bytes_done, began = Clock::now()] {
    const int pid = bench.connection.backend_pid();
    auto seen = bench.watch.blockers(pid);
    auto event = progress_event(job, bytes_done);
    event.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    if (!seen.empty()) {
      blockers = seen;
      event.blockers = std::move(seen);
    } else if (auto phase = bench.watch.index_progress(pid)) {
      event.text = std::move(*phase);
    }
    bench.sink.on(event);
  };
  return limits;
}

namespace {

/// Of a failed try, what was spent waiting for the lock: it was the last thing that the try did.
milliseconds waited(Clock::time_point began, milliseconds lock_wait) {
  const auto elapsed = elapsed_since(began);
  return lock_wait.count() == 0 ? elapsed : std::min(elapsed, lock_wait);
}

MigrationError give_up(MigrationError failure, int tries, const std::vector<Blocker>& blockers) {
  failure.code = base::ExitCode::kTableLockTimeout;
  failure.message +=
      fmt::format("\n  gave up after {} {}; nothing of this is applied", tries, tries == 1 ? "try" : "tries");
  for (const auto& blocker : blockers) failure.message += fmt::format("\n  blocked by {}", describe(blocker));
  failure.hint =
      "end the blocking session or wait for it, then run the same command again; --deadline says how long to "
      "try";
  return failure;
}

void tell_retry(Bench& bench, const Job& job, const SqlError& cause, const std::vector<Blocker>& blockers,
                milliseconds pause, int tries) {
  Event event;
  event.kind = EventKind::kFileRetry;
  event.name = job.migration.name;
  event.text =
      fmt::format("{}; rolled back, trying again in {}", cause.server_message,
                  base::format_elapsed(std::chrono::duration_cast<std::chrono::microseconds>(pause)));
  event.blockers = blockers;
  event.index = static_cast<std::size_t>(tries);
  bench.sink.on(event);
}

}  // namespace

int with_lock_retries(Bench& bench, const Job& job, milliseconds lock_wait, std::vector<Blocker>& blockers,
                      const std::function<void()>& attempt) {
  base::Backoff backoff(kRetryPauseMin, kRetryPauseMax);
  for (int tries = 1;; ++tries) {
    blockers.clear();
    const auto began = Clock::now();
    try {
      attempt();
      return tries - 1;
    } catch (const PlacedError& error) {
      roll_back(bench.connection);
      if (is_lock_lost(error.cause, bench.history.schema())) throw lock_lost_error(bench, job);
      std::optional<std::size_t> offset;
      if (error.offset) offset = job.text_begin + *error.offset;
      auto failure = make_migration_error(error.cause, job.path, job.source, offset);
      if (!is_lock_trouble(error.cause)) throw failure;
      const auto pause = backoff.next();
      bench.wait_left -= waited(began, lock_wait);
      const bool too_often = job.options.retry && tries > *job.options.retry;
      if (too_often || bench.wait_left <= pause) throw give_up(std::move(failure), tries, blockers);
      bench.wait_left -= pause;
      tell_retry(bench, job, error.cause, blockers, pause, tries);
      if (bench.interrupt != nullptr && !bench.interrupt->sleep(pause))
        base::throw_if_interrupted(bench.interrupt);
    }
  }
}

}  // namespace bigocean::sql::migrate
