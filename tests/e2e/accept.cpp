// healthcheck --accept: judges a deployment from outside, against the real service and against simulated
// ones.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/fake_service.hpp"
#include "tests/e2e/serve_process.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::accept {
namespace {

using Json = nlohmann::json;

Finished accept(const std::string& url, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {BIGOCEAN_BINARY, "healthcheck", "--accept", "--url", url});
  return run(arguments);
}

/// "health=ok ready=fail …"
std::string levels(const Finished& finished) {
  const Json document = Json::parse(finished.out);
  CHECK(JsonSchema("check.schema.json").check(document) == "");
  CHECK(document["exit_code"] == finished.exit_code);
  std::string text;
  for (const auto& row : document["checks"]) {
    text += (text.empty() ? "" : " ") + row["id"].get<std::string>() + "=" + row["level"].get<std::string>();
  }
  return text;
}

}  // namespace

TEST_CASE("--accept: the real service, before and after its schema is there") {
  const std::string database = shared_postgres().create_database();
  const PrivateRedis redis;
  const Environment environment = {
      {"DATABASE_URL", database}, {"REDIS_URL", redis.url()}, {"BIGOCEAN_SERVER_PROBE_PERIOD", "100ms"}};
  const Serve serve(environment);
  const std::string url = "http://127.0.0.1:" + std::to_string(serve.port());
  const auto ready_by = [&](int status) {
    wait_until("/ready", 30s, [&] {
      const auto answer = get(serve.port(), "/ready");
      return status_of(answer) == status && answer.find("starting") == std::string::npos;
    });
  };
  const std::vector<std::string> calm = {"--max-latency", "10s", "--json"};
  ready_by(503);
  const auto before = accept(url, calm);
  CHECK(before.exit_code == 1);
  CHECK(levels(before).starts_with("health=ok ready=fail postgres=ok redis=ok schema=fail commit="));

  ProcessOptions options;
  options.environment = environment;
  REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
  ready_by(200);
  const auto after = accept(url + "/ready?x=1", calm);  // whatever path: the deployment is asked
  CHECK(after.exit_code == 0);
  CHECK(levels(after).starts_with("health=ok ready=ok postgres=ok redis=ok schema=ok commit="));
  CHECK(levels(after).ends_with("latency=ok"));

  const auto table = accept(url, {"--max-latency", "10s"});
  CHECK(table.exit_code == 0);
  CHECK(table.out.find("answered 200 to all of 20") != std::string::npos);
  CHECK(table.out.find("\nready: ") != std::string::npos);
}

TEST_CASE("--accept: what an invented service tells decides row by row") {
  const std::string commit = "0123456789abcdef";
  const auto document = [&](const Json& postgres, const Json& redis, const Json& schema) {
    const auto list = [](const Json& one) { return one.is_null() ? one : Json::array({one}); };
    return Json{{"status", "pass"},
                {"commit", "0123456789ab"},
                {"checks", {{"postgres", list(postgres)}, {"redis", list(redis)}, {"schema", list(schema)}}}}
        .dump();
  };
  const Json pass = {{"status", "pass"}}, warn = {{"status", "warn"}, {"output", "ahead"}};
  const Json fail = {{"status", "fail"}, {"output", "refused"}};
  struct Row {
    int status;
    std::string body;
    std::string expected_commit;
    std::string levels;
    int exit_code;
  };
  for (const Row& row : {
           Row{200, document(pass, pass, pass), commit,
               "health=ok ready=ok postgres=ok redis=ok schema=ok commit=ok latency=ok", 0},
           Row{200, document(pass, pass, warn), commit,
               "health=ok ready=ok postgres=ok redis=ok schema=warn commit=ok latency=ok", 0},
           Row{200, document(pass, pass, pass), "fedcba9876543210",
               "health=ok ready=ok postgres=ok redis=ok schema=ok commit=fail latency=ok", 1},
           Row{200, document(pass, pass, pass), "0123",  // too short to mean one commit
               "health=ok ready=ok postgres=ok redis=ok schema=ok commit=fail latency=ok", 1},
           Row{200, document(pass, fail, pass), commit,
               "health=ok ready=ok postgres=ok redis=fail schema=ok commit=ok latency=ok", 1},
           Row{503, document(fail, pass, pass), commit,
               "health=fail ready=fail postgres=fail redis=ok schema=ok commit=ok latency=skipped", 1},
           Row{200, document(nullptr, pass, pass), commit,
               "health=ok ready=ok postgres=skipped redis=ok schema=ok commit=ok latency=ok", 0},
           Row{200, "<html></html>", commit,
               "health=fail ready=fail postgres=skipped redis=skipped schema=skipped commit=skipped "
               "latency=skipped",
               1},
           Row{200, R"({"status":"ok","commit":7,"checks":[]})", commit,
               "health=ok ready=ok postgres=skipped redis=skipped schema=skipped commit=skipped latency=ok",
               0},
       }) {
    CAPTURE(row.body);
    FakeService server(row.status, row.body);
    const auto done = accept(server.url(), {"--json", "--count", "2", "--max-latency", "10s",
                                            "--expect-commit", row.expected_commit});
    CHECK(done.exit_code == row.exit_code);
    CHECK(levels(done) == row.levels);
  }
}

TEST_CASE("--accept: nobody there") {
  const auto done = accept("http://127.0.0.1:" + std::to_string(free_port()), {"--json"});
  CHECK(done.exit_code == 1);
  CHECK(levels(done).starts_with("health=fail ready=fail postgres=skipped"));
}

}  // namespace bigocean::test::accept
