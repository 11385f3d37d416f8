// Request ids, trace ids, the access log's limit, and the numbers for Prometheus.
#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "server/http/correlation.hpp"
#include "server/observe/access_log.hpp"
#include "server/observe/metrics.hpp"
#include "server/product/budget/counters.hpp"
#include "tests/support/captured.hpp"

namespace bigocean::server::observe_test {
namespace {

using namespace std::chrono_literals;
using http::Exchange;
using http::Request;
using test::Captured;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a request keeps the id that the platform gave it, and gets one otherwise") {
  CHECK(http::request_id({{"X-Request-Id", "mine"}}) == "mine");
  CHECK(http::request_id({{"x-request-id", "mine"}, {"x-railway-request-id", "theirs"}}) == "theirs");
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) made.insert(http::request_id({}));
  CHECK(made.size() == 1000);
  for (const std::string& bad : {std::string(), std::string(200, 'x'), std::string("a b"),
                                 std::string("a\"b"), std::string("caf\xc3\xa9")}) {
    CAPTURE(bad);
    const auto id = http::request_id({{"X-Request-Id", bad}});
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
}

TEST_CASE("trace ids come from a well-formed traceparent only") {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto of = [](const std::string& value) {
    Request request{
        .method = "GET", .path = "/", .query = {}, .headers = {{"traceparent", value}}, .body = {}};
    return http::trace_of(request).trace_id;
  };
  CHECK(of("00-" + id + "-00f067aa0ba902b7-01") == id);
  CHECK(of("01-" + id + "-00f067aa0ba902b7-01-more") == id);
  CHECK_FALSE(http::trace_of({}).is_valid());
  for (const std::string& bad :
       {"ff-" + id + "-00f067aa0ba902b7-01", "00-" + id + "-00f067aa0ba902b7",
        "00-" + id + "x00f067aa0ba902b7-01", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + id.substr(1) + "G-00f067aa0ba902b7-01"}) {
    CAPTURE(bad);
    CHECK(of(bad).empty());
  }
  const std::string good = "00-" + id + "-00f067aa0ba902b7-01";
  const Request twice{.method = "GET",
                      .path = "/",
                      .query = {},
                      .headers = {{"traceparent", good}, {"Traceparent", good}},
                      .body = {}};
  CHECK_FALSE(http::trace_of(twice).is_valid());
}

TEST_CASE("the access log keeps to its lines a second, and tells how many it left out") {
  base::Logger log(base::LogFormat::kJson, base::LogLevel::kInfo, false);
  observe::AccessLog access(log, 3);
  Request request{.method = "POST", .path = "/rpc/x", .query = {}, .headers = {}, .body = {}, .id = "id-1"};
  Exchange exchange;
  exchange.request = &request;
  exchange.route = "/rpc/x";
  exchange.status = 201;
  exchange.client = "192.0.2.1";
  exchange.elapsed = 1500us;
  const auto now = observe::AccessLog::Clock::now();
  Captured captured;
  for (int i = 0; i < 10; ++i) access.answered(exchange, now + 100ms);
  access.answered(exchange, now + 1200ms);
  Exchange probe = exchange;
  probe.quick = true;
  probe.status = 200;
  access.answered(probe, now + 1200ms);
  const auto text = captured.end();
  std::size_t lines = 0;
  for (const char c : text) lines += c == '\n' ? 1U : 0U;
  CHECK(lines ==
        3 + 1 + 1);  // three, how many were left out, the next second's; a probe that is well is no news
  CHECK(has(text, "\"lines\":7"));
  CHECK(has(
      text,
      R"("request_id":"id-1","trace_id":"","method":"POST","path":"/rpc/x","route":"/rpc/x","status":201,)"
      R"("duration_ms":1.5,)"));
  CHECK(has(text, R"("client":"192.0.2.1")"));
}

/// What is against Prometheus's conventions in a text of metrics, as promtool would say it.
/// https://prometheus.io/docs/practices/naming/
std::vector<std::string> faults_of(const std::string& text) {
  std::vector<std::string> faults;
  std::istringstream lines(text);
  std::map<std::string, std::string> types;
  std::set<std::string> helped;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, what, name, type;
    words >> hash >> what >> name >> type;
    if (hash != "#") continue;
    if (what == "HELP" && (type.empty() || !helped.insert(name).second)) faults.push_back(name + ": HELP");
    if (what != "TYPE") continue;
    if (!types.emplace(name, type).second) faults.push_back(name + ": two types");
    const bool total = name.ends_with("_total");
    if (total != (type == "counter")) faults.push_back(name + ": " + type);
    if (type == "histogram" && !name.ends_with("_seconds")) faults.push_back(name + ": no unit");
    for (const std::string bad :
         {"_milliseconds", "_ms", "_minutes", "_kilobytes", "_count", "_sum", "_bucket"}) {
      if (name.find(bad) != std::string::npos) faults.push_back(name + ": " + bad);
    }
  }
  for (const auto& [name, type] : types) {
    if (!helped.contains(name)) faults.push_back(name + ": no HELP");
  }
  if (types.size() < 10) faults.push_back("only " + std::to_string(types.size()) + " metrics");
  return faults;
}

TEST_CASE("every metric has the type that its name promises") {
  http::LoopGauges gauges;
  const Readiness readiness({"redis"}, 1min);
  const budget::Counters counters{budget::Caps{}};
  const observe::Metrics metrics(gauges, readiness, {"/health"},
                                 {{"postgres", [] { return base::PoolState{}; }}},
                                 [&] { return counters.samples(); });
  CHECK(faults_of(metrics.text()) == std::vector<std::string>{});
  // A counter does not fall, however often it is read.
  const auto cpu = [&] {
    const auto text = metrics.text();
    return std::stod(text.substr(text.find("\nprocess_cpu_seconds_total ") + 27));
  };
  const auto before = cpu();
  CHECK(cpu() >= before);
}

TEST_CASE("metrics count by method, route and status") {
  http::LoopGauges gauges;
  gauges.connections = 7;
  Readiness readiness({"redis"}, 1min);
  observe::Metrics metrics(gauges, readiness, {"/health"}, {});
  Request request{.method = "GET", .path = "/health", .query = {}, .headers = {}, .body = {}};
  Exchange exchange;
  exchange.request = &request;
  exchange.route = "/health";
  exchange.status = 200;
  exchange.elapsed = 2ms;
  for (int i = 0; i < 3; ++i) metrics.answered(exchange);
  Exchange refused;
  refused.status = 400;
  metrics.answered(refused);
  const auto text = metrics.text();
  CHECK(has(text, R"(bigocean_http_requests_total{method="GET",route="/health",status="200"} 3)"));
  CHECK(has(text, R"(bigocean_http_requests_total{method="",route="other",status="400"} 1)"));
  CHECK(has(text, R"(bigocean_http_request_duration_seconds_bucket{route="/health",le="0.001"} 0)"));
  CHECK(has(text, R"(bigocean_http_request_duration_seconds_bucket{route="/health",le="0.0025"} 3)"));
  CHECK(has(text, "bigocean_http_connections 7"));
  CHECK(has(text, R"(bigocean_dependency_up{dependency="redis"} 0)"));
  CHECK(has(text, "bigocean_build_info{"));
  readiness.record({"redis", ProbeStatus::kPass, "", std::nullopt});
  CHECK(has(metrics.text(), R"(bigocean_dependency_up{dependency="redis"} 1)"));
}

}  // namespace
}  // namespace bigocean::server::observe_test
