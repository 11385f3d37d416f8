// The checks of the operators' page: their time limit, their pause, and what is not taken from their sources.
#include <doctest/doctest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "server/service/status_sources.hpp"
#include "tests/support/listener.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::server::status_test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

const config::Secret kToken("a-long-random-text");

config::Settings settings_for(const std::string& database_url, const std::string& redis_url) {
  config::Sources sources;
  sources.environment = [=](const std::string& name) -> std::optional<std::string> {
    if (name == "DATABASE_URL") return database_url;
    if (name == "REDIS_URL") return redis_url;
    return std::nullopt;
  };
  sources.working_directory = "/";
  return config::load_settings(sources).settings;
}

TEST_CASE("checks of servers that never answer end at their limit, both at once") {
  const auto silent = test::listen_on_loopback();
  const auto port = std::to_string(silent.port);
  auto settings = settings_for("postgresql://app:hidden-word@127.0.0.1:" + port + "/app",
                               "redis://default:hidden-word@127.0.0.1:" + port);
  settings.database.connect_timeout = 60s;
  settings.redis.connect_timeout = 60s;
  settings.redis.command_timeout = 60s;
  sql::Database database(settings.database, "test", nullptr);
  const auto begun = Clock::now();
  const auto text = status_sources(database, settings, {}, 300ms).checks();
  const auto took = Clock::now() - begun;
  CHECK(took >= 300ms);
  CHECK(took < 10s);
  const auto reports = Json::parse(text);
  REQUIRE(reports.size() == 2);
  for (const auto& report : reports) {
    CHECK(report["verdict"] == "fail");
    CHECK(report["checks"][0]["observed"] == "not finished within 300 ms");
  }
  CHECK(text.find("hidden-word") == text.npos);
  ::close(silent.fd);
}

TEST_CASE("the migrations are those of the history's schema; without a history there are none") {
  const auto url = test::shared_postgres().create_database();
  const auto settings = settings_for(url, "redis://127.0.0.1:1");
  sql::Database database(settings.database, "test", nullptr);
  const auto sources = status_sources(database, settings, {});
  CHECK(sources.migrations() == "[]");
  // As the first layout had it: without version, commit and way.
  test::query(
      url,
      "CREATE SCHEMA bigocean; CREATE TABLE bigocean.migrations (name text PRIMARY KEY, checksum text, "
      "state text, applied_at timestamptz, duration_ms double precision, applied_by text);"
      "INSERT INTO bigocean.migrations SELECT 'm' || i, 'x', 'applied', "
      "'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 hour', i, 'someone' FROM "
      "generate_series(1, 30) i");
  const auto rows = Json::parse(sources.migrations());
  REQUIRE(rows.size() == kMigrationsShown);
  CHECK(rows[0]["name"] == "m30");
  CHECK(rows[0]["applied_at"] == "2026-01-02T06:00:00Z");
  CHECK(rows[0]["duration_ms"] == 30);
  CHECK(rows[0]["applied_by"] == "someone");
  CHECK(rows[0]["version"] == "");
  CHECK(rows[19]["name"] == "m11");
}

struct Asked {
  Readiness readiness{{"postgres"}, 10s};
  int migrations = 0;
  int checks = 0;
  std::vector<http::Route> routes;

  explicit Asked(std::chrono::milliseconds pause)
      : routes(status_routes({.migrations = [this]() -> std::string {
                                ++migrations;
                                throw std::runtime_error("broken at postgresql://app:hidden-word@db/app");
                              },
                              .checks =
                                  [this] {
                                    ++checks;
                                    return std::string("[]");
                                  }},
                             readiness, kToken, pause)) {}

  http::Reply get() { return routes.at(0).handler({}); }
  http::Reply check() { return routes.at(1).handler({}); }
};

TEST_CASE("after the pause the checks may run again") {
  Asked asked(50ms);
  CHECK(asked.check().status == 200);
  const auto refused = asked.check();
  CHECK(refused.status == 429);
  REQUIRE(refused.retry_after);
  CHECK(*refused.retry_after <= 50ms);
  CHECK(asked.checks == 1);
  std::this_thread::sleep_for(*refused.retry_after);
  CHECK(asked.check().status == 200);
  CHECK(asked.checks == 2);
}

TEST_CASE("a database that is away is not asked, and a failure of it is told without its secrets") {
  Asked asked(1min);
  CHECK(Json::parse(asked.get().body)["migrations"]["fault"] == "PostgreSQL does not work");
  CHECK(asked.migrations == 0);
  asked.readiness.record({"postgres", ProbeStatus::kPass, {}, 1ms});
  const auto body = asked.get().body;
  CHECK(asked.migrations == 1);
  CHECK(body.find("broken at") != body.npos);
  CHECK(body.find("hidden-word") == body.npos);
}

}  // namespace
}  // namespace bigocean::server::status_test
