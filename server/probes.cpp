// Asks PostgreSQL, its schema and Redis whether the service can work with them.
#include "server/probes.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "redis/client.hpp"
#include "sql/connection.hpp"
#include "sql/migrate/status.hpp"

namespace bigocean::server {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

Finding unset(std::string name, std::string_view variable) {
  return {std::move(name), ProbeStatus::kFail, fmt::format("{} is not set", variable), std::nullopt};
}

class DatabaseProbe {
 public:
  DatabaseProbe(const config::Settings& settings, const base::Interrupt* interrupt)
      : settings_(settings), interrupt_(interrupt) {}

  std::vector<Finding> look() {
    const auto& database = settings_.database;
    if (database.url.empty()) return {unset("postgres", "DATABASE_URL"), unset("schema", "DATABASE_URL")};
    try {
      const auto start = Clock::now();
      if (!connection_) {
        sql::ConnectOptions options;
        options.application_name = "bigocean ready";
        options.timeout = database.connect_timeout;
        options.interrupt = interrupt_;
        connection_.emplace(sql::Connection::connect(database.url, options));
      }
      connection_->execute("SELECT 1", {.timeout = database.statement_timeout, .on_wait = {}});
      return {{"postgres", ProbeStatus::kPass, {}, since(start)}, schema()};
    } catch (...) {
      // Whatever the connection went through, the next look starts with a fresh one.
      connection_.reset();
      throw;
    }
  }

 private:
  Finding schema() {
    const auto start = Clock::now();
    const auto state = sql::migrate::schema_state(*connection_, settings_);
    const auto status = !state.current    ? ProbeStatus::kFail
                        : state.ahead > 0 ? ProbeStatus::kWarn
                                          : ProbeStatus::kPass;
    return {"schema", status, state.text, since(start)};
  }

  const config::Settings& settings_;
  const base::Interrupt* interrupt_;
  std::optional<sql::Connection> connection_;
};

class RedisProbe {
 public:
  RedisProbe(const config::Settings& settings, const base::Interrupt* interrupt)
      : settings_(settings), interrupt_(interrupt) {}

  std::vector<Finding> look() {
    if (settings_.redis.url.empty()) return {unset("redis", "REDIS_URL")};
    try {
      if (!client_) {
        redis::ConnectOptions options;
        options.connect_timeout = settings_.redis.connect_timeout;
        options.command_timeout = settings_.redis.command_timeout;
        options.interrupt = interrupt_;
        client_.emplace(redis::Client::connect(settings_.redis.url, options));
      }
      return {{"redis", ProbeStatus::kPass, {}, client_->ping()}};
    } catch (...) {
      client_.reset();
      throw;
    }
  }

 private:
  const config::Settings& settings_;
  const base::Interrupt* interrupt_;
  std::optional<redis::Client> client_;
};

}  // namespace

std::vector<Probe> make_probes(const config::Settings& settings, const base::Interrupt* interrupt) {
  const auto database = std::make_shared<DatabaseProbe>(settings, interrupt);
  const auto redis = std::make_shared<RedisProbe>(settings, interrupt);
  return {{{"postgres", "schema"}, [database] { return database->look(); }},
          {{"redis"}, [redis] { return redis->look(); }}};
}

}  // namespace bigocean::server
