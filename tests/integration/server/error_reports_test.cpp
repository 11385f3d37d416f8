// Error reports against a stand-in for Sentry: the protocol, its limits, and a Sentry that is slow or
// unreachable.
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "server/http/router.hpp"
#include "server/observe/error_reporter.hpp"
#include "server/readiness/prober.hpp"
#include "sql/postgres/connection.hpp"
#include "sql/postgres/outage.hpp"
#include "tests/support/captured.hpp"
#include "tests/support/process.hpp"
#include "tests/support/sentry.hpp"

namespace bigocean::server::observe::error_reports_test {
namespace {

using namespace std::chrono_literals;
using test::SentryStandIn;
using Clock = ErrorReporter::Clock;

config::Settings settings_for(const std::string& dsn) {
  config::Settings settings;
  settings.sentry.dsn = config::Secret(dsn);
  settings.sentry.timeout = 2s;
  settings.sentry.queue_max = 100;
  settings.database.url = config::Secret("postgresql://app:hunter2hunter2@db/app");
  return settings;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Failure failure(const std::string& message) {
  return {.type = "std::runtime_error", .message = message, .place = "GET /x"};
}

void check_protocol(const test::SentRequest& request) {
  CAPTURE(request.head);
  CAPTURE(request.body);
  for (const auto& fault : request.faults) FAIL_CHECK(fault);
}

struct Fixture {
  base::Logger log{base::LogFormat::kJson, base::LogLevel::kInfo, false};

  http::Router router_for(ErrorReporter& reporter) {
    return http::Router({{"POST", "/rpc/x",
                          [this](const http::Request&) -> http::Reply {
                            for (int i = 0; i < 30; ++i)
                              log.info("step", {{"number", static_cast<long long>(i)}});
                            throw std::runtime_error("no hunter2hunter2");
                          }},
                         {"GET", "/away",
                          [](const http::Request&) -> http::Reply {
                            throw base::Error(base::ExitCode::kUnreachable, "away");
                          }},
                         {"GET", "/odd", [](const http::Request&) -> http::Reply { throw 42; }}},
                        log, [&reporter](Failure failed) { reporter.report(event_of(std::move(failed))); });
  }

  static http::Response ask(const http::Router& router, const std::string& method, const std::string& path) {
    http::Request request{
        .method = method,
        .path = path,
        .query = "q=what+a+user+wrote",
        .headers = {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}},
        .body = "what a user wrote",
        .id = "id-1"};
    return router.respond(router.find(request), request);
  }
};

TEST_CASE_FIXTURE(Fixture, "a handler that breaks is reported with its request's ids and last log lines") {
  SentryStandIn sentry;
  ErrorReporter reporter(settings_for(sentry.dsn()), log);
  const auto router = router_for(reporter);
  test::Captured captured;
  CHECK(ask(router, "POST", "/rpc/x").status == 500);
  CHECK(ask(router, "GET", "/away").status == 503);  // told elsewhere
  CHECK(ask(router, "GET", "/odd").status == 500);
  CHECK(reporter.flush(Clock::now() + 20s));
  captured.end();
  const auto requests = sentry.wait_for(2);
  REQUIRE(requests.size() == 2);
  for (const auto& request : requests) {
    check_protocol(request);
    CHECK_FALSE(has(request.body, "what"));
    CHECK_FALSE(has(request.body, "hunter2"));
  }
  const auto& event = requests[0].event;
  CHECK(event["exception"]["values"][0]["type"] == "std::runtime_error");
  CHECK(event["exception"]["values"][0]["value"] == "no ***");
  CHECK(event["transaction"] == "POST /rpc/x");
  CHECK(event["tags"] ==
        nlohmann::json{{"method", "POST"}, {"route", "/rpc/x"}, {"status", "500"}, {"request_id", "id-1"}});
  CHECK(event["contexts"]["trace"]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(event["contexts"]["trace"]["parent_span_id"] == "00f067aa0ba902b7");
  const auto crumbs = event["breadcrumbs"]["values"];
  REQUIRE(crumbs.size() == 20);
  CHECK(crumbs[0]["data"]["number"] == "11");
  CHECK(crumbs[19]["message"] == "request failed");
  CHECK(requests[1].event["tags"]["route"] == "/odd");
  CHECK(requests[1].event["breadcrumbs"]["values"].size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a store that somebody must look after is reported once, not for every request") {
  SentryStandIn sentry;
  ErrorReporter reporter(settings_for(sentry.dsn()), log);
  std::string state = "53100";
  const http::Router router({{"GET", "/a",
                              [&](const http::Request&) -> http::Reply {
                                sql::ServerUnable unable(base::ExitCode::kUnreachable, "the disk is full");
                                unable.sqlstate = state;
                                throw unable;
                              }},
                             {"GET", "/b",
                              [](const http::Request&) -> http::Reply {
                                sql::ConnectionLost lost(base::ExitCode::kUnreachable, "read-only");
                                lost.sqlstate = "25006";
                                throw lost;
                              }},
                             {"GET", "/restart",
                              [](const http::Request&) -> http::Reply {
                                sql::ConnectionLost lost(base::ExitCode::kUnreachable, "going down");
                                lost.sqlstate = "57P01";
                                throw lost;
                              }}},
                            log, [&](Failure failed) { reporter.report(event_of(std::move(failed))); });
  test::Captured captured;
  for (int i = 0; i < 50; ++i) {
    const auto reply = ask(router, "GET", "/a");
    CHECK(reply.status == 503);
    CHECK(has(reply.bytes, "\r\nRetry-After: 30\r\n"));
    CHECK(has(ask(router, "GET", "/b").bytes, "\r\nRetry-After: 5\r\n"));
    CHECK(ask(router, "GET", "/restart").status == 503);
  }
  CHECK(reporter.flush(Clock::now() + 20s));
  captured.end();
  const auto requests = sentry.wait_for(2);
  REQUIRE(requests.size() == 2);
  for (const auto& request : requests) check_protocol(request);
  CHECK(requests[0].event["fingerprint"] == nlohmann::json{"sqlstate 53100"});
  CHECK(requests[0].event["tags"]["sqlstate"] == "53100");
  CHECK(requests[0].event["tags"]["status"] == "503");
  CHECK(requests[1].event["fingerprint"] == nlohmann::json{"sqlstate 25006"});
}

TEST_CASE_FIXTURE(Fixture, "a probe that breaks is reported once, one that finds a server away is not") {
  SentryStandIn sentry;
  ErrorReporter reporter(settings_for(sentry.dsn()), log);
  Readiness readiness({"a", "b"}, 1min);
  std::atomic<int> looks = 0;
  test::Captured captured;
  {
    std::vector<Probe> probes{
        {{"a"},
         [&]() -> std::vector<Finding> {
           ++looks;
           throw std::logic_error("a bug");
         }},
        {{"b"}, []() -> std::vector<Finding> { throw base::Error(base::ExitCode::kUnreachable, "away"); }}};
    Prober prober(std::move(probes), 10ms, readiness, log,
                  [&](Failure failed) { reporter.report(event_of(std::move(failed))); });
    test::wait_until("some looks", 20s, [&] { return looks >= 5; });
  }
  CHECK(reporter.flush(Clock::now() + 20s));
  captured.end();
  const auto requests = sentry.wait_for(1);
  REQUIRE(requests.size() == 1);
  check_protocol(requests[0]);
  CHECK(requests[0].event["transaction"] == "probe of a");
}

/// What the log says of `count` reports to a Sentry that answers like that, and how many it got.
std::string log_of(base::Logger& log, SentryStandIn& sentry, int count) {
  test::Captured captured;
  {
    ErrorReporter reporter(settings_for(sentry.dsn()), log);
    for (int i = 0; i < count; ++i) {
      reporter.report(event_of(failure(std::to_string(i))));
      CHECK(reporter.flush(Clock::now() + 20s));
    }
  }
  return captured.end();
}

TEST_CASE_FIXTURE(Fixture, "after a 429 there is silence, and nothing is sent twice") {
  for (const char* answer : {"429 Too Many Requests", "429 Too Many Requests\r\nRetry-After: 30",
                             "429 Too Many Requests\r\nX-Sentry-Rate-Limits: 30:error:key",
                             "200 OK\r\nX-Sentry-Rate-Limits: 30::organization",
                             "500 Oh\r\nX-Sentry-Rate-Limits: 30:default;error:key"}) {
    CAPTURE(answer);
    SentryStandIn sentry({answer, "200 OK"});
    const auto told = log_of(log, sentry, 3);
    CHECK(sentry.count() == 1);
    CHECK(has(told, R"("rate_limited":1)"));
  }
}

TEST_CASE_FIXTURE(Fixture, "limits end, and other categories' limits are not ours") {
  for (const char* answer : {"200 OK\r\nX-Sentry-Rate-Limits: 30:transaction;session:key",
                             "429 Too Many Requests\r\nRetry-After: 0", "500 Oh", "503 Busy", "413 Large"}) {
    CAPTURE(answer);
    SentryStandIn sentry({answer, "200 OK"});
    const auto told = log_of(log, sentry, 3);
    CHECK(sentry.count() == 3);
    CHECK(has(told, "error reports were lost") == !std::string(answer).starts_with("200"));
  }
}

TEST_CASE_FIXTURE(Fixture, "nobody there: one more try, then it is told and given up") {
  Sentry nobody(config::parse_sentry_dsn(
                    config::Secret("http://key@127.0.0.1:" + std::to_string(test::free_port()) + "/1")),
                5s);
  const auto start = Clock::now();
  const auto sent = nobody.send("x", Clock::time_point::max());
  CHECK(sent.outcome == Sentry::Outcome::kUndelivered);
  CHECK(has(sent.fault, "cannot connect"));
  CHECK(Clock::now() - start >= 100ms);  // the pause before the second try
  CHECK(Clock::now() - start < 4s);
}

TEST_CASE_FIXTURE(Fixture, "a Sentry that never answers costs requests nothing, and the end its time-out") {
  for (const char* habit : {"", "drip"}) {
    CAPTURE(habit);
    SentryStandIn sentry({habit});
    auto settings = settings_for(sentry.dsn());
    settings.sentry.timeout = 3s;
    settings.sentry.queue_max = 2;
    test::Captured captured;
    {
      ErrorReporter reporter(settings, log);
      const auto router = router_for(reporter);
      const auto start = Clock::now();
      CHECK(ask(router, "GET", "/odd").status == 500);
      sentry.wait_for(1);
      for (int i = 0; i < 10; ++i) CHECK(ask(router, "GET", "/odd").status == 500);
      CHECK(Clock::now() - start < 10s);
      CHECK_FALSE(reporter.flush(Clock::now() + 10ms));
    }
    const auto told = captured.end();
    CHECK(has(told, R"("queue_full":8)"));
    CHECK(has(told, R"("undelivered":3)"));
    CHECK(sentry.count() == 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "report_now takes no longer than the time-out, and says what came of it") {
  SentryStandIn good;
  CHECK(report_now(settings_for(good.dsn()), event_of(failure("x"))).empty());
  check_protocol(good.wait_for(1)[0]);
  for (const char* habit : {"", "drip"}) {
    SentryStandIn sentry({habit});
    auto settings = settings_for(sentry.dsn());
    settings.sentry.timeout = 300ms;
    const auto start = Clock::now();
    CHECK_FALSE(report_now(settings, event_of(failure("x"))).empty());
    CHECK(Clock::now() - start >= 300ms);
    CHECK(Clock::now() - start < 5s);
  }
}

}  // namespace
}  // namespace bigocean::server::observe::error_reports_test
