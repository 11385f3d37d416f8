// bigocean healthcheck as a process, against services that are healthy, unhealthy, slow or malformed.
#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/fake_service.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test::healthcheck {
namespace {

using namespace std::chrono_literals;

Finished healthcheck(std::vector<std::string> arguments,
                     std::map<std::string, std::string> environment = {}) {
  TempDir folder;
  arguments.insert(arguments.begin(), {BIGOCEAN_BINARY, "healthcheck"});
  ProcessOptions options;
  options.environment = std::move(environment);
  options.working_directory = folder.path();
  return run(arguments, options, 30s);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string kWell = R"({"status":"ok"})";

TEST_CASE("200 is healthy: one line, exit code 0, PORT decides where it asks") {
  FakeService server(200, kWell);
  const auto finished = healthcheck({}, {{"PORT", std::to_string(server.port())}});
  CHECK(finished.exit_code == 0);
  CHECK(finished.out.starts_with("healthy: " + server.url() + " answered 200 in "));
  CHECK(finished.out.find('\n') == finished.out.size() - 1);
  CHECK(finished.err == "");
  CHECK(healthcheck({"--url", server.url()}).exit_code == 0);
}

TEST_CASE("--only never hides that nobody answers") {
  const auto finished = healthcheck({"--url", "http://127.0.0.1:1/health", "--only", "latency"});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "unhealthy"));
}

TEST_CASE("--count asks that often and shows the distribution") {
  FakeService server(200, kWell);
  const auto finished = healthcheck({"--url", server.url(), "--count", "20"});
  CHECK(finished.exit_code == 0);
  CHECK(has(finished.out, "200 to all of 20; min "));
  CHECK(has(finished.out, "median "));
  CHECK(has(finished.out, "p99 "));
  CHECK(server.connections() == 20);
}

/// One line about a service that was asked once.
void check_unhealthy(const std::string& url, std::size_t connections, const Finished& finished,
                     const std::string& said) {
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, said));
  CHECK(finished.err.starts_with("unhealthy: " + url));
  CHECK(finished.err.find('\n') == finished.err.size() - 1);
  CHECK(finished.out == "");
  CHECK(connections == 1);
}

TEST_CASE("anything but 200 is unhealthy, with the reason in one line") {
  struct Row {
    int status;
    std::string body;
    std::string said;
  };
  const std::string document =
      R"({"status":"fail","checks":{"postgres":[{"status":"pass"}],"redis":[{"status":"fail","output":"refused"}]}})";
  for (const Row& row : std::vector<Row>{{503, document, "answered 503: redis: refused"},
                                         {503, "[1", "answered 503"},
                                         {500, R"({"checks":{"a":3}})", "answered 500"},
                                         {204, "", "answered 204"},
                                         {200, "<html>Welcome</html>", "another body than this service's"},
                                         {200, R"({"status":"fail"})", "with the status `fail`"},
                                         {301, "", "a redirect to http://127.0.0.1:1/"}}) {
    CAPTURE(row.said);
    const FakeService server(
        {.status = row.status, .headers = {{"Location", "http://127.0.0.1:1/"}}, .body = row.body});
    const auto finished = healthcheck({"--url", server.url()});
    check_unhealthy(server.url(), server.connections(), finished, row.said);
  }
}

TEST_CASE("what is no whole answer is unhealthy, with the reason in one line") {
  for (const std::string reply :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "SSH-2.0-OpenSSH_9.2\r\n", ""}) {
    CAPTURE(reply);
    FakeServer server(reply);
    const auto finished = healthcheck({"--url", server.url()});
    check_unhealthy(server.url(), static_cast<std::size_t>(server.connections()), finished, "broke off");
  }
}

TEST_CASE("--ready asks /ready") {
  FakeService server(200, kWell);
  const auto finished = healthcheck({"--ready"}, {{"PORT", std::to_string(server.port())}});
  CHECK(finished.exit_code == 0);
  CHECK(has(finished.out, "/ready answered 200"));
}

TEST_CASE("a URL without a path is asked for /health, or /ready") {
  FakeService server(200, kWell);
  const std::string origin = "http://127.0.0.1:" + std::to_string(server.port());
  CHECK(has(healthcheck({"--url", origin}).out, origin + "/health answered 200"));
  CHECK(has(healthcheck({"--url", origin, "--ready"}).out, origin + "/ready answered 200"));
}

TEST_CASE("--json, --only, --waive and --wait are those of the other checks") {
  FakeService ill(503, "{}");
  const auto json = healthcheck({"--url", ill.url(), "--json"});
  CHECK(json.exit_code == 1);
  const auto document = nlohmann::json::parse(json.out);
  CHECK(JsonSchema("check.schema.json").check(document) == "");
  CHECK(document["exit_code"] == 1);
  CHECK(document["checks"][0]["id"] == "health");
  CHECK(healthcheck({"--url", ill.url(), "--waive", "health:known to be down"}).exit_code == 0);
  CHECK(has(healthcheck({"--url", ill.url(), "--wait", "300ms"}).err, "waiting, "));
  CHECK(ill.connections() > 3);
  CHECK(has(healthcheck({"--only", "helth"}).err, "did you mean `health`?"));
}

TEST_CASE("nobody there") {
  const auto finished = healthcheck({"--port", std::to_string(free_port())});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "cannot connect"));
}

TEST_CASE("nothing outlasts the time-out: silence, and bytes that drip for ever") {
  for (const std::string& reply :
       {std::string("HTTP/1.1 200 OK\r\nX-Long: aaaaaaaaaaaaaaaa"), answer(kWell)}) {
    FakeServer server(reply, 20ms);
    const auto start = std::chrono::steady_clock::now();
    const auto finished = healthcheck({"--url", server.url(), "--timeout", "300ms"});
    CHECK(finished.exit_code == 1);
    CHECK(has(finished.err, "within 300ms"));
    CHECK(std::chrono::steady_clock::now() - start < 10s);
  }
}

TEST_CASE("an answer over --max-latency is unhealthy") {
  FakeServer server(answer(kWell), 5ms);
  const auto finished = healthcheck({"--url", server.url(), "--max-latency", "20ms", "--timeout", "10s"});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "expected at most 20ms"));
}

TEST_CASE("plain HTTP behind https fails the handshake") {
  FakeServer server("HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto finished =
      healthcheck({"--url", "https://127.0.0.1:" + std::to_string(server.port()) + "/health"});
  CHECK(finished.exit_code == 1);
  CHECK(has(finished.err, "TLS"));
}

TEST_CASE("faults in the call are exit code 1, never another: Docker reserves them") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--nonsense"},
                                             {"--timeout", "soon"},
                                             {"--timeout", "0"},
                                             {"--count", "0"},
                                             {"--url", "ftp://a/"},
                                             {"--url", "http://"},
                                             {"--url", "http://user:hunter2@a/"},
                                             {"--max-latency", "x"}}) {
    const auto finished = healthcheck(arguments);
    CHECK(finished.exit_code == 1);
    CHECK_FALSE(has(finished.err, "hunter2"));
  }
}

}  // namespace
}  // namespace bigocean::test::healthcheck
