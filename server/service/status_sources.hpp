// What the operators' page asks of the stores: the last migrations, and the checks.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "config/settings.hpp"
#include "redis/check.hpp"
#include "server/service/status.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server {

/// How long a run of the checks may take; what is not finished then is reported as a failure.
constexpr std::chrono::milliseconds kChecksTimeout{15'000};
/// How many migrations are listed.
constexpr std::size_t kMigrationsShown = 20;

/// The migrations by one query on the pool, under database.statement_timeout. The checks are those of
/// check-db and check-redis, with `rows` of the service, on connections of their own and at the same time.
/// All must outlive what is returned.
StatusSources status_sources(sql::Database& database, const config::Settings& settings,
                             std::span<const redis::ServiceRow> rows,
                             std::chrono::milliseconds checks_timeout = kChecksTimeout);

}  // namespace bigocean::server
