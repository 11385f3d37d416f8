// Tries again what met a lock that another session holds, or made others wait for too long.
#include "sql/migrate/run/lock_retry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/retry.hpp"
#include "base/span.hpp"
#include "base/text.hpp"
#include "sql/migrate/run/lock.hpp"

namespace bigocean::sql::migrate {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kRetryPauseMin{100};
constexpr milliseconds kRetryPauseMax{5000};

/// The time that a failed try spent waiting for the lock, which was the last thing that it did.
milliseconds waited(Clock::time_point began, milliseconds lock_timeout) {
  const auto elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  return lock_timeout.count() == 0 ? elapsed : std::min(elapsed, lock_timeout);
}

MigrationError give_up(MigrationError failure, int tries, const std::vector<Blocker>& blockers) {
  failure.code = base::ExitCode::kTableLockTimeout;
  failure.message += fmt::format("\n  gave up after {} {}; what was tried is rolled back", tries,
                                 tries == 1 ? "try" : "tries");
  for (const auto& blocker : blockers)
    failure.message += fmt::format("\n  blocked by {}", blocker_text(blocker));
  failure.hint =
      "end the blocking session or wait for it, then run the same command again; --deadline says how long to "
      "try; where short queries overlap without a pause, give the file more: `-- bigocean: lock-timeout=2s`";
  return failure;
}

/// The pause before the next try, of what is left for waiting.
void pause_for(RunContext& context, milliseconds pause) {
  context.wait_left -= pause;
  if (pause.count() == 0) return base::throw_if_interrupted(context.interrupt);
  const base::Span span("wait for a table lock");
  base::sleep_or_throw(pause, context.interrupt);
}

void emit_retry(RunContext& context, const Job& job, const std::string& why,
                const std::vector<Blocker>& blockers, milliseconds pause, int tries) {
  Event event;
  event.kind = EventKind::kFileRetry;
  event.name = job.migration.name;
  event.text = why + "; rolled back, trying again ";
  event.text +=
      pause.count() == 0
          ? std::string("when the table is free")
          : "in " + base::format_elapsed(std::chrono::duration_cast<std::chrono::microseconds>(pause));
  event.blockers = blockers;
  event.index = static_cast<std::size_t>(tries);
  context.sink.on(event);
}

/// Who waits behind a request waits as long as the request may, which the file can say itself
/// (`lock-timeout=`). What it sets by SET does not count: nothing else would limit that wait.
BlockingMax blocking_max(const RunContext& context, const Job& job, const Timeouts& timeouts) {
  const auto tables = job.options.max_blocking.value_or(context.settings.max_blocking);
  return {tables, tables.count() == 0 ? tables : std::max(tables, timeouts.lock),
          context.settings.max_blocking_rows};
}

/// "another session waited 2.1 s for app.users, on which it held ACCESS EXCLUSIVE"
std::string waiter_text(const LockWaiter& waiter) {
  const auto waited = base::format_elapsed(waiter.waited);
  if (!waiter.for_table)
    return fmt::format("another session waited {} for a row that it had changed", waited);
  if (waiter.held == LockMode::kNone)
    return fmt::format("another session waited {} for {} behind its request for a lock", waited,
                       waiter.table);
  return fmt::format("another session waited {} for {}, on which it held {}", waited, waiter.table,
                     lock_mode_name(waiter.held));
}

MigrationError blocked_others(const Job& job, const PlacedError& error, const LockWaiter& waiter,
                              const BlockingMax& max, int tries) {
  auto failure = make_file_error(
      base::ExitCode::kBlockedOthers, job.path, job.source, job.text_begin + error.offset.value_or(0),
      fmt::format("{}; {} is {}", waiter_text(waiter),
                  waiter.for_table ? "max-blocking" : "max_blocking_rows",
                  base::format_duration(waiter.for_table ? max.tables : max.rows)),
      "`bigocean migrate lint` shows ways that do not block; else split the file, or allow it with a line "
      "`-- bigocean: max-blocking=30s REASON`");
  failure.message += fmt::format("\n  waiting was {}\n  cancelled after {} {}, and rolled back",
                                 blocker_text(waiter.session), tries, tries == 1 ? "try" : "tries");
  return failure;
}

}  // namespace

int with_lock_retries(RunContext& context, const Job& job, LockApproach& approach, const Timeouts& timeouts,
                      std::vector<Blocker>& blockers, int blocking_retries,
                      const std::function<void()>& attempt) {
  base::Backoff backoff(kRetryPauseMin, kRetryPauseMax);
  int blocked = 0;
  for (int tries = 1;; ++tries) {
    blockers.clear();
    approach.wait();
    const auto max = blocking_max(context, job, timeouts);
    context.blocking.begin(job.migration.name, max);
    const auto began = Clock::now();
    try {
      attempt();
      return tries - 1;
    } catch (const PlacedError& error) {
      roll_back(context.connection);
      if (is_lock_lost(error.cause, context.history.schema())) throw lock_lost_error(context, job);
      const auto& waiter = context.blocking.exceeded();
      if (waiter && error.cause.sqlstate == "57014") {
        // The cancel request may have come after the COMMIT.
        if (job.direction == Direction::kUp && context.history.is_applied(job.migration.name))
          return tries - 1;
        const auto pause = std::max(waiter->waited, backoff.next());
        if (blocked++ == blocking_retries || context.wait_left <= pause)
          throw blocked_others(job, error, *waiter, max, tries);
        emit_retry(context, job, waiter_text(*waiter), {}, pause, tries);
        pause_for(context, pause);
        continue;
      }
      auto failure = explain(job, error, timeouts);
      if (!is_lock_trouble(error.cause)) throw failure;
      if (blockers.empty()) blockers = approach.blockers();
      // What was seen to be held is looked at before the next try, and that is its pause.
      const auto pause = approach.saw_holder() ? milliseconds{0} : backoff.next();
      context.wait_left -= waited(began, timeouts.lock);
      const bool too_often = job.options.retry && tries > *job.options.retry;
      if (too_often || context.wait_left <= pause) throw give_up(std::move(failure), tries, blockers);
      emit_retry(context, job, error.cause.server_message, blockers, pause, tries);
      pause_for(context, pause);
    }
  }
}

MigrationError explain(const Job& job, const PlacedError& error, const Timeouts& timeouts) {
  std::optional<std::size_t> offset;
  if (error.offset) offset = job.text_begin + *error.offset;
  auto failure = make_migration_error(error.cause, job.path, job.source, offset);
  explain_timeout(failure, error.cause, timeouts);
  return failure;
}

MigrationError lock_lost_error(RunContext& context, const Job& job) {
  const auto holder = holder_text(context.connection, context.history.lock_key());
  MigrationError error(
      base::ExitCode::kMigrationLockHeld,
      fmt::format(
          "{} released the migration lock, and another migrate took it: {}. What this run had not committed "
          "is rolled back",
          job.path, holder.empty() ? "it has ended meanwhile" : holder),
      "remove DISCARD ALL and pg_advisory_unlock_all() from migrations, then run the same command again");
  error.file = job.path;
  return error;
}

}  // namespace bigocean::sql::migrate
