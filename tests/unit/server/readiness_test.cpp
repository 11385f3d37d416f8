// /ready's document, and the prober that updates it.
#include "server/readiness/readiness.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/error.hpp"
#include "server/readiness/prober.hpp"
#include "tests/support/process.hpp"

namespace bigocean::server::readiness_test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

Finding passed(std::string name) { return {std::move(name), ProbeStatus::kPass, {}, 1500us}; }

Json checks_of(const http::Reply& reply) { return Json::parse(reply.body)["checks"]; }

TEST_CASE("before the first look it is 503 and says starting") {
  const Readiness readiness({"postgres", "redis"}, 10s);
  const auto reply = readiness.reply();
  CHECK(reply.status == 503);
  CHECK(reply.content_type == "application/health+json");
  CHECK(checks_of(reply)["postgres"][0]["output"] == "starting");
  CHECK(checks_of(reply)["redis"][0]["status"] == "fail");
  CHECK(Json::parse(reply.body)["version"].is_string());
  CHECK(Json::parse(reply.body)["commit"].is_string());
}

TEST_CASE("ready when all pass; a warning passes, a failure does not") {
  Readiness readiness({"postgres", "schema"}, 10s);
  CHECK(readiness.record(passed("postgres")) == ProbeStatus::kFail);
  CHECK(readiness.reply().status == 503);
  readiness.record({"schema", ProbeStatus::kWarn, "one migration ahead", std::nullopt});
  const auto ready = readiness.reply();
  CHECK(ready.status == 200);
  CHECK(ready.headers == decltype(ready.headers){{"Cache-Control", "no-store"}});
  CHECK(Json::parse(ready.body)["status"] == "warn");
  CHECK(checks_of(ready)["postgres"][0]["observedValue"] == 1.5);
  CHECK(checks_of(ready)["schema"][0]["output"] == "one migration ahead");
  CHECK(readiness.record({"postgres", ProbeStatus::kFail, "refused", std::nullopt}) == ProbeStatus::kPass);
  CHECK(readiness.reply().status == 503);
}

TEST_CASE("a finding that is too old is a failure") {
  Readiness readiness({"postgres"}, 10s);
  const auto now = Readiness::Clock::now();
  readiness.record(passed("postgres"), now);
  CHECK(readiness.reply(now + 9s).status == 200);
  CHECK(readiness.reply(now + 11s).status == 503);
}

TEST_CASE("each finding becomes too old at its own time, and a new one is told at once") {
  Readiness readiness({"postgres", "redis"}, 10s);
  const auto now = Readiness::Clock::now();
  const auto statuses = [&](std::chrono::seconds later) {
    const auto checks = checks_of(readiness.reply(now + later));
    return checks["postgres"][0]["status"].get<std::string>() + " " +
           checks["redis"][0]["status"].get<std::string>();
  };
  readiness.record(passed("postgres"), now);
  readiness.record(passed("redis"), now + 5s);
  CHECK(statuses(10s) == "pass pass");
  CHECK(statuses(11s) == "fail pass");
  CHECK(statuses(16s) == "fail fail");
  readiness.record(passed("redis"), now + 16s);
  CHECK(statuses(16s) == "fail pass");
}

TEST_CASE("what is spared is needed once, and then only warns") {
  Readiness readiness({"postgres", "redis"}, 10s, {"redis"});
  const auto now = Readiness::Clock::now();
  const Finding away{"redis", ProbeStatus::kFail, "refused", std::nullopt};
  readiness.record(passed("postgres"), now);
  readiness.record(away, now);
  CHECK(readiness.reply(now).status == 503);
  CHECK_FALSE(readiness.is_spared("redis"));
  readiness.record({"postgres", ProbeStatus::kFail, "refused", std::nullopt}, now);
  readiness.record(passed("redis"), now);
  readiness.record(away, now);
  readiness.record(passed("postgres"), now);
  CHECK(readiness.reply(now).status == 503);  // both were up, never together
  readiness.record(passed("redis"), now);
  CHECK(readiness.reply(now).status == 200);
  readiness.record(away, now);
  CHECK(readiness.is_spared("redis"));
  CHECK(readiness.reply(now).status == 200);
  CHECK(checks_of(readiness.reply(now))["redis"][0]["status"] == "warn");
  CHECK(checks_of(readiness.reply(now))["redis"][0]["output"] == "works without it: refused");
  CHECK_FALSE(readiness.dependencies_up(now).at("redis"));
  // One that hangs is away, too; and what is not spared fails as before.
  readiness.record(passed("postgres"), now + 20s);
  CHECK(readiness.reply(now + 20s).status == 200);
  readiness.record({"postgres", ProbeStatus::kFail, "refused", std::nullopt}, now + 20s);
  CHECK(readiness.reply(now + 20s).status == 503);
}

TEST_CASE("draining is not ready") {
  Readiness readiness({"postgres"}, 10s);
  readiness.record(passed("postgres"));
  CHECK(readiness.reply().status == 200);
  readiness.start_draining();
  CHECK(readiness.reply().status == 503);
  CHECK(Json::parse(readiness.reply().body)["output"].get<std::string>().starts_with("draining"));
}

TEST_CASE("changes are kept in order, with what they meant for the whole, and not for ever") {
  Readiness readiness({"postgres", "redis"}, 10s, {"redis"});
  CHECK(readiness.history().empty());
  const Readiness::Clock::time_point start{1000s};
  const auto at = [&](int second) { return start + std::chrono::seconds(second); };
  const auto failed = [](std::string name) {
    return Finding{std::move(name), ProbeStatus::kFail, "refused", std::nullopt};
  };
  readiness.record(failed("postgres"), at(0));  // it was "starting" before
  readiness.record(failed("postgres"), at(1));
  readiness.record(passed("redis"), at(1));
  readiness.record(passed("postgres"), at(2));
  readiness.record(passed("postgres"), at(3));
  readiness.record(failed("redis"), at(4));
  readiness.record(failed("postgres"), at(5));
  readiness.start_draining();
  readiness.start_draining();
  struct Row {
    std::string name;
    ProbeStatus status;
    bool ready;
    int second;
  };
  const std::vector<Row> expected{{"postgres", ProbeStatus::kFail, false, 0},
                                  {"redis", ProbeStatus::kPass, false, 1},
                                  {"postgres", ProbeStatus::kPass, true, 2},
                                  {"redis", ProbeStatus::kWarn, true, 4},
                                  {"postgres", ProbeStatus::kFail, false, 5}};
  const auto history = readiness.history();
  REQUIRE(history.size() == expected.size() + 1);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(history[i].name == expected[i].name);
    CHECK(history[i].status == expected[i].status);
    CHECK(history[i].ready == expected[i].ready);
    CHECK(history[i].at == at(expected[i].second));
  }
  CHECK(history.back().name == "draining");
  CHECK_FALSE(history.back().ready);

  for (int i = 0; i < 200; ++i)
    readiness.record(i % 2 == 0 ? passed("postgres") : failed("postgres"), at(10 + i));
  CHECK(readiness.history().size() == Readiness::kHistoryMax);
  CHECK(readiness.history().back().at == at(209));
}

TEST_CASE("output that is not UTF-8 does not break the document") {
  Readiness readiness({"postgres"}, 10s);
  readiness.record({"postgres", ProbeStatus::kFail, "bad \xff byte", std::nullopt});
  CHECK(Json::parse(readiness.reply().body).is_object());
}

TEST_CASE("the prober looks at once, again, and turns what is thrown into findings without secrets") {
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  Readiness readiness({"postgres", "schema", "redis"}, 10s);
  std::atomic<int> looks = 0;
  std::vector<Probe> probes{{{"postgres", "schema"},
                             [&]() -> std::vector<Finding> {
                               if (++looks >= 3) return {passed("postgres"), passed("schema")};
                               throw base::Error(base::ExitCode::kUnreachable,
                                                 "refused by postgresql://app:secret@db/app", "start it");
                             }},
                            {{"redis"}, []() -> std::vector<Finding> { throw std::runtime_error("odd"); }}};
  {
    const Prober prober(std::move(probes), 1ms, readiness, log);
    test::wait_until("the third look", 10s,
                     [&] { return checks_of(readiness.reply())["schema"][0]["status"] == "pass"; });
    CHECK(readiness.reply().status == 503);
    test::wait_until("redis", 10s,
                     [&] { return checks_of(readiness.reply())["redis"][0]["output"] == "odd"; });
  }
  CHECK(looks >= 3);
}

TEST_CASE("secrets in a probe's words are cut out") {
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  Readiness readiness({"redis"}, 10s);
  std::vector<Probe> probes{{{"redis"}, []() -> std::vector<Finding> {
                               throw base::Error(base::ExitCode::kUnreachable,
                                                 "refused by redis://app:hunter2@cache:6379", "start it");
                             }}};
  const Prober prober(std::move(probes), 1h, readiness, log);
  test::wait_until("the first look", 10s,
                   [&] { return checks_of(readiness.reply())["redis"][0]["output"] != "starting"; });
  const auto body = readiness.reply().body;
  CHECK(body.find("hunter2") == std::string::npos);
  CHECK(body.find("refused by") != std::string::npos);
  CHECK(body.find("start it") != std::string::npos);
}

TEST_CASE("a probe that hangs does not delay the others") {
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  Readiness readiness({"slow", "fast"}, 10s);
  std::mutex mutex;
  std::condition_variable wake;
  bool released = false;
  std::vector<Probe> probes{{{"slow"},
                             [&]() -> std::vector<Finding> {
                               std::unique_lock lock(mutex);
                               wake.wait(lock, [&] { return released; });
                               return {passed("slow")};
                             }},
                            {{"fast"}, [] { return std::vector<Finding>{passed("fast")}; }}};
  const Prober prober(std::move(probes), 1ms, readiness, log);
  test::wait_until("the fast one", 10s,
                   [&] { return checks_of(readiness.reply())["fast"][0]["status"] == "pass"; });
  CHECK(checks_of(readiness.reply())["slow"][0]["output"] == "starting");
  const std::lock_guard lock(mutex);
  released = true;
  wake.notify_all();
}

}  // namespace
}  // namespace bigocean::server::readiness_test
