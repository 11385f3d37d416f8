// Checks whether the service can work with PostgreSQL, its schema and Redis.
#include "server/service/probes.hpp"

#include <fmt/format.h>

#include <optional>

#include "sql/migrate/history/status.hpp"

namespace bigocean::server {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

Finding unset(std::string name, std::string_view variable) {
  return {std::move(name), ProbeStatus::kFail, fmt::format("{} is not set", variable), std::nullopt};
}

Finding schema_finding(sql::Connection& connection, const config::Settings& settings) {
  const auto start = Clock::now();
  const auto state =
      sql::migrate::schema_state(connection, sql::migrate::configured_migrations(settings), settings.migrate);
  const auto status = !state.current    ? ProbeStatus::kFail
                      : state.ahead > 0 ? ProbeStatus::kWarn
                                        : ProbeStatus::kPass;
  return {"schema", status, state.text, since(start)};
}

std::vector<Finding> look_at_database(sql::Database& database, const config::Settings& settings) {
  if (settings.database.url.empty())
    return {unset("postgres", "DATABASE_URL"), unset("schema", "DATABASE_URL")};
  const auto start = Clock::now();
  std::vector<Finding> findings;
  database.use([&](sql::Connection& connection) {
    connection.execute("SELECT 1", {.timeout = settings.database.statement_timeout, .on_wait = {}});
    findings.push_back({"postgres", ProbeStatus::kPass, {}, since(start)});
    findings.push_back(schema_finding(connection, settings));
  });
  if (const auto why = database.why_unwritable(); !why.empty()) {
    findings[0].status = ProbeStatus::kFail;
    findings[0].output = "it cannot be written to: " + why;
  }
  return findings;
}

std::vector<Finding> look_at_redis(redis::Store& redis, const config::Settings& settings) {
  if (settings.redis.url.empty()) return {unset("redis", "REDIS_URL")};
  std::vector<Finding> findings;
  redis.use([&](redis::Client& client) {
    findings.push_back({"redis", ProbeStatus::kPass, {}, client.ping()});
  });
  return findings;
}

}  // namespace

std::vector<Probe> make_probes(Stores& stores, const config::Settings& settings) {
  return {{{"postgres", "schema"}, [&] { return look_at_database(stores.database, settings); }},
          // The service works without Redis: the limits fall back to memory.
          {{"redis"}, [&] { return look_at_redis(stores.redis, settings); }, true}};
}

}  // namespace bigocean::server
