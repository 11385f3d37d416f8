// Retries work that failed because another session holds a lock.
#include "sql/migrate/run/lock_retry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/retry.hpp"
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
      "try";
  return failure;
}

void emit_retry(RunContext& context, const Job& job, const SqlError& cause,
                const std::vector<Blocker>& blockers, milliseconds pause, int tries) {
  Event event;
  event.kind = EventKind::kFileRetry;
  event.name = job.migration.name;
  event.text =
      fmt::format("{}; rolled back, trying again in {}", cause.server_message,
                  base::format_elapsed(std::chrono::duration_cast<std::chrono::microseconds>(pause)));
  event.blockers = blockers;
  event.index = static_cast<std::size_t>(tries);
  context.sink.on(event);
}

}  // namespace

int with_lock_retries(RunContext& context, const Job& job, const Timeouts& timeouts,
                      std::vector<Blocker>& blockers, const std::function<void()>& attempt) {
  base::Backoff backoff(kRetryPauseMin, kRetryPauseMax);
  for (int tries = 1;; ++tries) {
    blockers.clear();
    const auto began = Clock::now();
    try {
      attempt();
      return tries - 1;
    } catch (const PlacedError& error) {
      roll_back(context.connection);
      if (is_lock_lost(error.cause, context.history.schema())) throw lock_lost_error(context, job);
      auto failure = explain(job, error, timeouts);
      if (!is_lock_trouble(error.cause)) throw failure;
      const auto pause = backoff.next();
      context.wait_left -= waited(began, timeouts.lock);
      const bool too_often = job.options.retry && tries > *job.options.retry;
      if (too_often || context.wait_left <= pause) throw give_up(std::move(failure), tries, blockers);
      context.wait_left -= pause;
      emit_retry(context, job, error.cause, blockers, pause, tries);
      if (context.interrupt != nullptr && !context.interrupt->sleep(pause))
        base::throw_if_interrupted(context.interrupt);
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
