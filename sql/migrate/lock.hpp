// One migrate at a time: a session advisory lock, polled, gone with its session.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "sql/connection.hpp"
#include "sql/migrate/report.hpp"

namespace bigocean::sql::migrate {

/// The key of the lock for a history schema: 64 bits of SHA-256("bigocean migrate " + schema).
std::int64_t lock_key(std::string_view schema);

/// Takes the lock on `connection`'s session, which keeps it until it ends. Asks again and again and is idle
/// in between: a session that sleeps inside pg_advisory_lock() holds a snapshot, which the holder's CREATE
/// INDEX CONCURRENTLY would wait for. Says who holds it. Throws base::Error(kMigrationLockHeld) past
/// `deadline`.
void take_lock(Connection& connection, std::string_view schema,
               std::chrono::steady_clock::time_point deadline, Sink& sink, const base::Interrupt* interrupt);

}  // namespace bigocean::sql::migrate
