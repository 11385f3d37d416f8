// One migrate at a time: a session advisory lock, polled, released when its session ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sql/migrate/history/lock_key.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// SQL for one row: whether this session holds the lock, and whether it holds other advisory locks.
std::string held_locks_sql(std::int64_t key);

/// True if `error` says that a value of is_alone_sql() was NULL: `schema` has the history's tables.
bool is_lock_lost(const SqlError& error, std::string_view schema);

/// A file that runs statement by statement released the lock (DISCARD ALL, pg_advisory_unlock_all). Its
/// journal has what is done; the rest needs a new lock and a new plan.
struct LockGivenAway : std::exception {
  const char* what() const noexcept override { return "the migration lock was given away"; }
};

/// The session that holds the lock, for a message; empty when there is none.
std::string holder_text(Connection& connection, std::int64_t key);

/// Takes the lock on `connection`'s session, which keeps it until it ends. Polls and is idle in between: a
/// session that sleeps inside pg_advisory_lock() holds a snapshot, which the holder's CREATE INDEX
/// CONCURRENTLY would wait for. Reports who holds it. Throws base::Error(kMigrationLockHeld) past `deadline`.
void take_lock(Connection& connection, std::string_view schema,
               std::chrono::steady_clock::time_point deadline, Sink& sink, const base::Interrupt* interrupt);

}  // namespace bigocean::sql::migrate
