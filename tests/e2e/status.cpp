// The operators' page as a process serves it: who may see what, what is in it, and how often the checks run.
#include <doctest/doctest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::status {
namespace {

using Json = nlohmann::json;

const std::string kToken = "a-long-random-text";
const std::string kRedisPassword = "the-password-of-redis";
const std::string kBearer = "Authorization: Bearer " + kToken + "\r\n";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string ask(int port, const std::string& method, const std::string& path, const std::string& headers) {
  return exchange(port, {.method = method, .path = path, .headers = headers});
}

Json state_of(int port) {
  const auto reply = ask(port, "GET", "/status.json", kBearer);
  CHECK(status_of(reply) == 200);
  return Json::parse(body_of(reply));
}

std::string with_redis_password(const PrivateRedis& redis) {
  return "redis://default:" + kRedisPassword + "@127.0.0.1:" + std::to_string(redis.port());
}

TEST_CASE("the state is for the bearer of the token: readiness, its history, migrations, checks, no secret") {
  const auto database = shared_postgres().create_database();
  query(database, "CREATE ROLE status_deployer LOGIN SUPERUSER");
  const auto name = query(database, "SELECT current_database()").at(0).at(0);
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", shared_postgres().url(name, "status_deployer")}};
  REQUIRE(run({BIGOCEAN_BINARY, "migrate", "--quiet"}, options).exit_code == 0);
  PrivateRedis redis({"--requirepass", kRedisPassword});
  Serve serve({{"DATABASE_URL", database},
               {"REDIS_URL", with_redis_password(redis)},
               {"BIGOCEAN_SERVER_PROBE_PERIOD", "100ms"},
               {"BIGOCEAN_METRICS_TOKEN", kToken}});
  wait_until("ready", 30s, [&] { return status_of(get(serve.port(), "/ready")) == 200; });

  for (const std::string headers :
       {"", "Authorization: Bearer a-long-random-tex\r\n", "Authorization: Basic a-long-random-text\r\n"}) {
    CAPTURE(headers);
    for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"GET", "/status.json"}, {"GET", "/status.json?token=" + kToken}, {"POST", "/status/checks"}}) {
      const auto reply = ask(serve.port(), method, path, headers);
      CHECK(status_of(reply) == 401);
      CHECK(has(reply, "\r\nWWW-Authenticate: Bearer\r\n"));
      CHECK_FALSE(has(reply, "migrations"));
    }
  }

  const auto whole = ask(serve.port(), "GET", "/status.json", kBearer);
  CHECK(has(whole, "\r\nCache-Control: no-store\r\n"));
  auto state = state_of(serve.port());
  CHECK(state["readiness"]["status"] == "pass");
  CHECK(state["readiness"]["checks"].size() == 3);
  CHECK(state["history"].size() == 3);
  CHECK(state["history"][2]["ready"] == true);
  const auto& rows = state["migrations"]["rows"];
  REQUIRE(rows.size() > 3);
  CHECK(rows[0]["name"] > rows[1]["name"]);
  for (const auto& row : rows) {
    CHECK(row["state"] == "applied");
    CHECK(row["applied_by"] == "status_deployer");
    CHECK(row["how"] == "up");
    CHECK(row["version"] != "");
    CHECK(row["duration_ms"] >= 0);
    CHECK(row["applied_at"].get<std::string>().size() == std::string("2026-11-29T12:00:00Z").size());
  }
  CHECK(state["checks"]["time"].is_null());
  CHECK(state["checks"]["wait_seconds"] == 0);

  // Of many who ask at the same time, one gets a run.
  std::vector<std::future<std::string>> asked;
  for (int i = 0; i < 8; ++i) {
    asked.push_back(
        std::async(std::launch::async, [&] { return ask(serve.port(), "POST", "/status/checks", kBearer); }));
  }
  std::string found;
  int refused = 0;
  for (auto& one : asked) {
    const auto reply = one.get();
    if (status_of(reply) == 429) {
      ++refused;
      CHECK(has(reply, "\r\nRetry-After: "));
    } else {
      CHECK(status_of(reply) == 200);
      found = body_of(reply);
    }
  }
  CHECK(refused == 7);
  const auto checks = Json::parse(found);
  REQUIRE(checks["reports"].size() == 2);
  CHECK(has(checks["reports"][0]["target"], "PostgreSQL"));
  CHECK(checks["reports"][0]["checks"].size() > 20);
  CHECK(has(checks["reports"][1]["target"], "Redis"));
  CHECK(has(checks["reports"][1].dump(), "cost_today"));
  state = state_of(serve.port());
  CHECK(state["checks"]["reports"] == checks["reports"]);
  CHECK(state["checks"]["wait_seconds"] > 30);

  const auto page = get(serve.port(), "/status");
  CHECK(status_of(page) == 200);
  for (const auto& text : {whole, state.dump(), found, page}) {
    CHECK_FALSE(has(text, kToken));
    CHECK_FALSE(has(text, kRedisPassword));
  }
  const auto metrics = ask(serve.port(), "GET", "/metrics", kBearer);
  CHECK(has(metrics, "route=\"/status.json\",status=\"200\"} 3"));
  CHECK(has(metrics, "route=\"/status/checks\",status=\"429\"} 7"));
}

TEST_CASE("what goes away is in the history, and the page does not wait for it") {
  PrivatePostgres postgres;
  const auto database = postgres.create_database();
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", database}};
  REQUIRE(run({BIGOCEAN_BINARY, "migrate", "--quiet"}, options).exit_code == 0);
  PrivateRedis redis;
  Serve serve({{"DATABASE_URL", database},
               {"REDIS_URL", redis.url()},
               {"BIGOCEAN_SERVER_PROBE_PERIOD", "100ms"},
               {"BIGOCEAN_METRICS_TOKEN", kToken}});
  wait_until("ready", 30s, [&] { return status_of(get(serve.port(), "/ready")) == 200; });
  const auto last = [&](const std::string& name) {
    Json found;
    const auto state = state_of(serve.port());
    for (const auto& change : state["history"])
      if (change["name"] == name) found = change;
    return found;
  };
  redis.stop();
  wait_until("Redis to be missed", 30s, [&] { return last("redis")["status"] == "warn"; });
  CHECK(last("redis")["ready"] == true);
  postgres.stop();
  wait_until("PostgreSQL to be missed", 30s, [&] { return last("postgres")["status"] == "fail"; });
  CHECK(last("postgres")["ready"] == false);
  const auto begun = std::chrono::steady_clock::now();
  const auto state = state_of(serve.port());
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
  CHECK(state["migrations"]["rows"].empty());
  CHECK(state["migrations"]["fault"] == "PostgreSQL does not work");
  const auto checks = Json::parse(body_of(ask(serve.port(), "POST", "/status/checks", kBearer)));
  for (const auto& report : checks["reports"]) CHECK(report["verdict"] == "fail");
  redis.start();
  postgres.start();
  wait_until("both to be back", 30s,
             [&] { return last("redis")["status"] == "pass" && last("postgres")["status"] == "pass"; });
  CHECK(state_of(serve.port())["migrations"]["rows"].size() > 3);
}

TEST_CASE("without a token, or without pages, there is no state to see") {
  const Environment stores{{"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"},
                           {"REDIS_URL", "redis://127.0.0.1:1"}};
  struct Row {
    Environment more;
    int page;
  };
  for (const auto& row :
       {Row{{}, 200}, Row{{{"BIGOCEAN_METRICS_TOKEN", kToken}, {"BIGOCEAN_PAGES_ENABLED", "false"}}, 404}}) {
    auto environment = stores;
    environment.insert(row.more.begin(), row.more.end());
    Serve serve(environment);
    for (const auto& headers : {std::string(), kBearer, std::string("Authorization: Bearer \r\n")}) {
      CHECK(status_of(ask(serve.port(), "GET", "/status.json", headers)) == 404);
      CHECK(status_of(ask(serve.port(), "POST", "/status/checks", headers)) == 404);
    }
    CHECK(status_of(get(serve.port(), "/status")) == row.page);
  }
}

}  // namespace
}  // namespace bigocean::test::status
