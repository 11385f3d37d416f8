// One migrate at a time: a session advisory lock, polled, released when its session ends.
#include "sql/migrate/run/lock.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/retry.hpp"
#include "base/span.hpp"
#include "base/text.hpp"
#include "sql/migrate/run/blocker_monitor.hpp"

namespace bigocean::sql::migrate {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPollMin{50};
constexpr milliseconds kPollMax{500};
constexpr milliseconds kAnswerTimeout{10'000};
constexpr std::chrono::seconds kTellAgain{15};

/// A condition on pg_locks `l`.
std::string is_the_lock_sql(std::int64_t key) {
  const auto bits = static_cast<std::uint64_t>(key);
  return fmt::format("l.objsubid = 1 AND l.classid = {} AND l.objid = {}", bits >> 32U, bits & 0xffffffffU);
}

std::vector<Blocker> holders(Connection& connection, std::int64_t key, const Connection::Limits& limits) {
  return make_blockers(connection.execute(
      fmt::format("SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename, '?'),"
                  " coalesce(host(a.client_addr), 'local'), coalesce(a.state, 'unknown'),"
                  " extract(epoch FROM clock_timestamp() - a.backend_start)::bigint, ''"
                  " FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
                  " WHERE l.locktype = 'advisory' AND l.granted AND {}"
                  " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                  is_the_lock_sql(key)),
      limits));
}

}  // namespace

std::string held_locks_sql(std::int64_t key) {
  const auto ours = is_the_lock_sql(key);
  return fmt::format(
      "SELECT pg_catalog.count(*) FILTER (WHERE {0}) > 0, pg_catalog.count(*) FILTER (WHERE NOT ({0})) > 0"
      " FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted AND l.pid = "
      "pg_catalog.pg_backend_pid();",
      ours);
}

bool is_lock_lost(const SqlError& error, std::string_view schema) {
  return error.sqlstate == "23502" && error.schema == schema && error.table.starts_with("migration");
}

std::string holder_text(Connection& connection, std::int64_t key) {
  Connection::Limits limits;
  limits.timeout = kAnswerTimeout;
  const auto blockers = holders(connection, key, limits);
  return blockers.empty() ? std::string{} : blocker_text(blockers.front());
}

void take_lock(Connection& connection, std::string_view schema, Clock::time_point deadline, Sink& sink,
               const base::Interrupt* interrupt) {
  const auto key = lock_key(schema);
  const auto attempt = fmt::format("SELECT pg_catalog.pg_try_advisory_lock({})", key);
  Connection::Limits limits;
  limits.timeout = kAnswerTimeout;
  base::Backoff backoff(kPollMin, kPollMax);
  std::string last_holder;
  auto tell_at = Clock::now();
  const auto began = Clock::now();
  std::optional<base::Span> span;
  while (connection.execute(attempt, limits).at(0, 0) != "t") {
    if (!span) span.emplace("wait for the migration lock").hide_inner();
    const auto blockers = holders(connection, key, limits);
    std::string holder =
        blockers.empty() ? std::string("a session that just ended") : blocker_text(blockers.front());
    if (Clock::now() >= deadline) {
      throw base::Error(base::ExitCode::kMigrationLockHeld,
                        fmt::format("another migrate held the lock past the deadline: {}", holder),
                        blockers.empty()
                            ? std::string("run the same command again")
                            : fmt::format("wait for it, raise --deadline, or, if it hangs, end it: SELECT "
                                          "pg_terminate_backend({});",
                                          blockers.front().pid));
    }
    const auto pid = blockers.empty() ? std::string{} : std::to_string(blockers.front().pid);
    if ((!pid.empty() && pid != last_holder) || Clock::now() >= tell_at + kTellAgain) {
      Event event;
      event.kind = EventKind::kLockWait;
      event.text = holder;
      event.blockers = blockers;
      event.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
      sink.on(event);
      last_holder = pid;
      tell_at = Clock::now();
    }
    const auto pause = std::min(backoff.next(), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
    base::sleep_or_throw(pause, interrupt);
  }
}

}  // namespace bigocean::sql::migrate
