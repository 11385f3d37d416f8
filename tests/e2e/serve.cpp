// bigocean serve as a process: start, log lines, signals, faults in the settings.
#include <doctest/doctest.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::serve {
namespace {

using namespace std::chrono_literals;
std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    CAPTURE(text.substr(at, end - at));
    REQUIRE(nlohmann::json::accept(text.substr(at, end - at)));
    lines.push_back(nlohmann::json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

Finished run_serve(const Environment& environment, std::vector<std::string> arguments = {}) {
  TempDir folder;
  std::vector<std::string> argv{BIGOCEAN_BINARY, "serve"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  ProcessOptions options;
  options.environment = environment;
  options.working_directory = folder.path();
  return run(argv, options);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("production: migrated servers make it ready, the log is JSON, SIGTERM ends it with 0") {
  const auto url = shared_postgres().create_database();
  PrivateRedis redis;
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}};
  REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);

  Serve serve({{"NODE_ENV", "production"},
               {"DATABASE_URL", url},
               {"REDIS_URL", redis.url()},
               {"ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef"}});
  CHECK(body_of(get(serve.port(), "/health")) == R"({"status":"ok"})");
  wait_until("ready", 30s, [&] { return status_of(get(serve.port(), "/ready")) == 200; });
  const auto ready = nlohmann::json::parse(body_of(get(serve.port(), "/ready")));
  CHECK(ready["status"] == "pass");
  CHECK(ready["checks"].size() == 3);
  RawClient any_host(serve.port());
  any_host.send("GET /health HTTP/1.1\r\nHost: healthcheck.railway.app\r\n\r\n");
  CHECK(status_of(any_host.read_reply()) == 200);

  serve.process().signal(SIGTERM);
  const auto finished = serve.process().wait();
  CHECK(finished.exit_code == 0);
  CHECK(finished.err == "");
  const auto lines = json_lines(finished.out);
  REQUIRE(lines.size() >= 2);
  for (const auto& line : lines) {
    CHECK(line["level"].is_string());
    CHECK(line["time"].is_string());
    CHECK(line["message"].is_string());
  }
  CHECK(lines.front()["message"] == "listening");
  CHECK(lines.front()["port"] == serve.port());
  CHECK(lines.front()["environment"] == "production");
  CHECK(lines.front()["version"].is_string());
  CHECK(lines.front()["commit"].is_string());
  CHECK(lines.back()["message"] == "stopped");
  CHECK_FALSE(has(finished.out, "0123456789abcdef"));
}

TEST_CASE("/startup, /metrics behind its token, and an access log with ids") {
  Serve serve({{"NODE_ENV", "production"},
               {"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"},
               {"REDIS_URL", "redis://127.0.0.1:1"},
               {"ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef"},
               {"BIGOCEAN_METRICS_TOKEN", "a-long-random-text"}});
  CHECK(status_of(get(serve.port(), "/startup")) == 503);
  const auto metrics = [&](const std::string& header) {
    return exchange(serve.port(), {.path = "/metrics", .headers = header});
  };
  CHECK(status_of(metrics("")) == 401);
  CHECK(status_of(metrics("Authorization: Bearer a-long-random-tex\r\n")) == 401);
  const auto reply = metrics("Authorization: Bearer a-long-random-text\r\n");
  CHECK(status_of(reply) == 200);
  CHECK(has(reply, "bigocean_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"401\"} 2"));
  CHECK(has(reply, "bigocean_dependency_up{dependency=\"redis\"} 0"));
  serve.process().signal(SIGTERM);
  const auto finished = serve.process().wait();
  CHECK(has(finished.out, "\"message\":\"request\",\"request_id\":\""));
  CHECK_FALSE(has(finished.out, "a-long-random-text"));
}

TEST_CASE("in production there is no /metrics without a token; a wrong proxy list ends it with 2") {
  Environment environment{{"NODE_ENV", "production"},
                          {"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"},
                          {"REDIS_URL", "redis://127.0.0.1:1"},
                          {"ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef"}};
  Serve serve(environment);
  CHECK(status_of(get(serve.port(), "/metrics")) == 404);
  environment["BIGOCEAN_SERVER_TRUSTED_PROXIES"] = "10.0.0.0/40";
  const auto finished = run_serve(environment);
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.err, "server.trusted_proxies: `10.0.0.0/40` is not an address or network"));
}

/// Requests of `count` clients, each with its address in X-Real-IP.
void ask_as_clients(const Serve& serve, int count) {
  for (int i = 1; i <= count; ++i) {
    exchange(serve.port(),
             {"POST", "/rpc/GetProfile", "X-Real-IP: 198.51.100." + std::to_string(i) + "\r\n", "{}"});
  }
}

/// The values of a field in the log's lines that have it, in order.
std::vector<std::string> values_of(const std::string& out, const std::string& field) {
  std::vector<std::string> values;
  for (const auto& line : json_lines(out)) {
    if (line.contains(field)) values.push_back(line[field]);
  }
  return values;
}

TEST_CASE(
    "on Railway: the edge's X-Real-IP is the client; from another private address it is ignored, which is "
    "said once") {
  const Environment railway{{"RAILWAY_ENVIRONMENT_NAME", "production"},
                            {"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"},
                            {"REDIS_URL", "redis://127.0.0.1:1"},
                            {"ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef"}};
  constexpr auto kWarning = "forwarding headers from a private address that is not trusted are ignored";
  for (const bool is_edge : {true, false}) {
    CAPTURE(is_edge);
    auto environment = railway;
    // Here, the tests' requests come from 127.0.0.1.
    if (is_edge) environment["BIGOCEAN_SERVER_EDGE_NETWORK"] = "127.0.0.0/8";
    Serve serve(environment);
    ask_as_clients(serve, 3);
    serve.process().signal(SIGTERM);
    const auto out = serve.process().wait().out;
    using Clients = std::vector<std::string>;
    CHECK(values_of(out, "client") == (is_edge ? Clients{"198.51.100.1", "198.51.100.2", "198.51.100.3"}
                                               : Clients{"127.0.0.1", "127.0.0.1", "127.0.0.1"}));
    const auto first = out.find(kWarning);
    CHECK((first == out.npos) == is_edge);
    if (!is_edge) {
      CHECK(out.find(kWarning, first + 1) == out.npos);
      CHECK(values_of(out, "peer") == Clients{"127.0.0.1"});
    }
  }
}

TEST_CASE("SIGTERM: /ready turns 503, the half-sent request is finished, then the end") {
  Serve serve(Environment{{"NODE_ENV", "development"}});
  RawClient half(serve.port());
  half.send("GET /health HTTP/1.1\r\nHost: a\r\n");
  CHECK(status_of(get(serve.port(), "/health")) == 200);  // so the half one has been read
  serve.process().signal(SIGTERM);
  wait_until("draining", 10s, [&] { return has(body_of(get(serve.port(), "/ready")), "draining"); });
  CHECK(status_of(get(serve.port(), "/ready")) == 503);
  half.send("\r\n");
  const auto reply = half.read_to_end();
  CHECK(status_of(reply) == 200);
  CHECK(has(reply, "Connection: close\r\n"));
  CHECK(serve.process().wait().exit_code == 0);
}

TEST_CASE("a request that never ends is cut at the drain limit, and a second signal does not wait for it") {
  {
    Serve serve(Environment{}, {"--drain-timeout", "300ms"});
    RawClient half(serve.port());
    half.send("GET /health HTTP/1.1\r\n");
    CHECK(status_of(get(serve.port(), "/health")) == 200);
    serve.process().signal(SIGINT);
    const auto finished = serve.process().wait();
    CHECK(finished.exit_code == 0);
    CHECK(has(finished.out, "unfinished=1"));
  }
  Serve serve(Environment{});
  RawClient half(serve.port());
  half.send("GET /health HTTP/1.1\r\n");
  CHECK(status_of(get(serve.port(), "/health")) == 200);
  serve.process().signal(SIGTERM);
  wait_until("draining", 10s, [&] { return has(body_of(get(serve.port(), "/ready")), "draining"); });
  serve.process().signal(SIGTERM);
  CHECK(serve.process().wait().exit_code == 143);
}

TEST_CASE("production without its variables names all that are missing, and exits with 2") {
  const auto finished = run_serve({{"NODE_ENV", "production"}});
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.err, "DATABASE_URL"));
  CHECK(has(finished.err, "REDIS_URL"));
  CHECK(has(finished.err, "ANTHROPIC_API_KEY"));
  CHECK(finished.out == "");
}

TEST_CASE("a taken port is exit code 2 and a hint") {
  Serve first(Environment{});
  const auto finished = run_serve({{"PORT", std::to_string(first.port())}});
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.err, "port " + std::to_string(first.port()) + " is in use"));
  CHECK(has(finished.err, "hint: set PORT"));
}

TEST_CASE("--check-config looks at the settings and starts nothing") {
  CHECK(run_serve({}, {"--check-config"}).exit_code == 0);
  CHECK(run_serve({{"NODE_ENV", "production"}}, {"--check-config"}).exit_code == 2);
  const auto bad = run_serve({{"PORT", "70000"}}, {"--check-config"});
  CHECK(bad.exit_code == 2);
  CHECK(has(bad.err, "PORT"));
}

}  // namespace
}  // namespace bigocean::test::serve
