// The service with its real probes, a real PostgreSQL and a real Redis.
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "server/service/probes.hpp"
#include "server/service/service.hpp"
#include "tests/integration/server/raw_client.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::server::ready_test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

config::Settings settings_for(const std::string& database_url, const std::string& redis_url) {
  config::Sources sources;
  sources.environment = [=](const std::string& name) -> std::optional<std::string> {
    if (name == "DATABASE_URL" && !database_url.empty()) return database_url;
    if (name == "REDIS_URL" && !redis_url.empty()) return redis_url;
    return std::nullopt;
  };
  sources.working_directory = "/";
  auto settings = config::load_settings(sources).settings;
  settings.server.host = "127.0.0.1";
  settings.server.port = 0;
  settings.server.probe_period = 20ms;
  settings.redis.connect_timeout = 1s;
  settings.redis.command_timeout = 500ms;
  settings.database.connect_timeout = 1s;
  settings.database.statement_timeout = 1s;
  return settings;
}

class Running {
 public:
  explicit Running(config::Settings settings)
      : settings_(std::move(settings)),
        stores_(settings_),
        service_(settings_, {make_probes(stores_, settings_)}, log_) {
    REQUIRE(::pipe(stop_) == 0);
    thread_ = std::thread([this] { service_.run(stop_[0]); });
  }
  ~Running() {
    [[maybe_unused]] const auto written = ::write(stop_[1], "x", 1);
    thread_.join();
    ::close(stop_[0]);
    ::close(stop_[1]);
  }
  int port() const { return service_.port(); }
  std::string ready() const { return test::get(port(), "/ready"); }
  Json check(const std::string& name) const { return Json::parse(test::body_of(ready()))["checks"][name][0]; }
  void wait_for(const std::string& name, const std::string& status) const {
    std::string last;
    try {
      test::wait_until(name + " to be " + status, 20s, [&] {
        last = test::body_of(ready());
        return Json::parse(last)["checks"][name][0]["status"] == status;
      });
    } catch (const std::exception& error) {
      FAIL(std::string(error.what()), "; last seen: ", last);
    }
  }

 private:
  config::Settings settings_;
  base::Logger log_{base::LogFormat::kText, base::LogLevel::kError, false};
  Stores stores_;
  Service service_;
  int stop_[2] = {-1, -1};
  std::thread thread_;
};

test::Finished migrate(const std::string& database_url) {
  test::ProcessOptions options;
  options.environment = {{"DATABASE_URL", database_url}};
  return test::run({BIGOCEAN_BINARY, "migrate"}, options);
}

TEST_CASE("ready follows schema, Redis and PostgreSQL, down and up again") {
  test::PrivatePostgres postgres;
  test::PrivateRedis redis;
  const auto url = postgres.create_database();
  Running service(settings_for(url, redis.url()));

  service.wait_for("redis", "pass");
  service.wait_for("postgres", "pass");
  CHECK(service.check("schema")["status"] == "fail");
  CHECK(test::status_of(service.ready()) == 503);

  REQUIRE(migrate(url).exit_code == 0);
  service.wait_for("schema", "pass");
  const auto ready = service.ready();
  CHECK(test::status_of(ready) == 200);
  CHECK(ready.find("Content-Type: application/health+json\r\n") != std::string::npos);
  CHECK(ready.find("Cache-Control: no-store\r\n") != std::string::npos);

  redis.stop();
  service.wait_for("redis", "warn");
  CHECK(test::status_of(service.ready()) == 200);
  CHECK(Json::parse(test::body_of(service.ready()))["status"] == "warn");
  CHECK(service.check("redis")["output"].get<std::string>().starts_with("works without it: "));
  CHECK(test::get(service.port(), "/metrics").find("dependency_up{dependency=\"redis\"} 0") !=
        std::string::npos);
  redis.start();
  service.wait_for("redis", "pass");

  postgres.stop(false);  // an immediate stop may lose the latest commits, which the harness does not wait for
  service.wait_for("postgres", "fail");
  service.wait_for("schema", "fail");
  CHECK(test::status_of(service.ready()) == 503);
  CHECK(test::status_of(test::get(service.port(), "/health")) == 200);
  // Flapping: with both away it is PostgreSQL that counts, and Redis alone never does.
  redis.stop();
  service.wait_for("redis", "warn");
  CHECK(test::status_of(service.ready()) == 503);
  postgres.start();
  service.wait_for("schema", "pass");
  CHECK(test::status_of(service.ready()) == 200);
  redis.start();
  service.wait_for("redis", "pass");
}

TEST_CASE("before a replica has been ready it needs Redis") {
  test::PrivateRedis redis;
  const auto url = test::shared_postgres().create_database();
  REQUIRE(migrate(url).exit_code == 0);
  redis.stop();
  Running service(settings_for(url, redis.url()));
  service.wait_for("schema", "pass");
  service.wait_for("redis", "fail");
  const auto reply = service.ready();
  CHECK(test::status_of(reply) == 503);
  CHECK(reply.find("\r\nRetry-After: ") != std::string::npos);
  redis.start();
  service.wait_for("redis", "pass");
  CHECK(test::status_of(service.ready()) == 200);
  redis.stop();
  service.wait_for("redis", "warn");
  CHECK(test::status_of(service.ready()) == 200);
}

TEST_CASE("a PostgreSQL that cannot be written to is not ready, and says why") {
  test::PrivateRedis redis;
  test::PrivatePostgres postgres;
  const auto url = postgres.create_database();
  REQUIRE(migrate(url).exit_code == 0);
  Running service(settings_for(url, redis.url()));
  service.wait_for("redis", "pass");
  service.wait_for("postgres", "pass");
  service.wait_for("schema", "pass");
  CHECK(test::status_of(service.ready()) == 200);
  test::query(postgres.url(), "ALTER SYSTEM SET default_transaction_read_only = on");
  test::query(postgres.url(), "SELECT pg_reload_conf()");
  service.wait_for("postgres", "fail");
  CHECK(test::status_of(service.ready()) == 503);
  CHECK(service.check("postgres")["output"].get<std::string>().find("read-only") != std::string::npos);
  // ALTER SYSTEM writes no transaction.
  test::query(postgres.url(), "ALTER SYSTEM RESET default_transaction_read_only");
  test::query(postgres.url(), "SELECT pg_reload_conf()");
  service.wait_for("postgres", "pass");
  CHECK(test::status_of(service.ready()) == 200);
}

TEST_CASE("a database that is ahead of the binary is ready, with a note") {
  test::PrivateRedis redis;
  const auto url = test::shared_postgres().create_database();
  REQUIRE(migrate(url).exit_code == 0);
  test::query(url,
              "INSERT INTO bigocean.migrations (name, checksum) "
              "VALUES ('29990101000000_from_the_future', repeat('0', 64))");
  Running service(settings_for(url, redis.url()));
  service.wait_for("schema", "warn");
  service.wait_for("redis", "pass");
  CHECK(test::status_of(service.ready()) == 200);
  CHECK(service.check("schema")["output"].get<std::string>().size() > 5);
}

TEST_CASE("without URLs it starts, and says what is missing") {
  Running service(settings_for("", ""));
  service.wait_for("redis", "fail");
  test::wait_until("the first look", 20s, [&] { return service.check("redis")["output"] != "starting"; });
  CHECK(service.check("redis")["output"] == "REDIS_URL is not set");
  test::wait_until("the first look", 20s, [&] { return service.check("schema")["output"] != "starting"; });
  CHECK(service.check("postgres")["output"] == "DATABASE_URL is not set");
}

TEST_CASE("servers that hang fail the check, and neither /ready nor /health waits for them") {
  test::PrivatePostgres postgres;
  test::PrivateRedis redis;
  const auto url = postgres.create_database();
  Running service(settings_for(url, redis.url()));
  service.wait_for("redis", "pass");
  service.wait_for("postgres", "pass");
  redis.pause();
  postgres.pause();
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    CHECK(test::status_of(test::get(service.port(), "/health")) == 200);
    service.ready();
    CHECK(std::chrono::steady_clock::now() - start < 500ms);
  }
  service.wait_for("redis", "fail");
  service.wait_for("postgres", "fail");
  redis.resume();
  postgres.resume();
  service.wait_for("redis", "pass");
  service.wait_for("postgres", "pass");
}

TEST_CASE("no password reaches /ready") {
  test::PrivateRedis redis({"--requirepass", "right"});
  const auto port = std::to_string(redis.port());
  Running service(
      settings_for("postgresql://app:hunter2@127.0.0.1:1/app", "redis://:hunter3@127.0.0.1:" + port));
  test::wait_until("the first looks", 20s, [&] {
    return service.check("redis")["output"] != "starting" &&
           service.check("postgres")["output"] != "starting";
  });
  const auto reply = service.ready();
  CHECK(reply.find("hunter") == std::string::npos);
  CHECK(test::status_of(reply) == 503);
}

}  // namespace
}  // namespace bigocean::server::ready_test
