// The last log lines of one piece of work.
#include "base/log_trail.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

namespace bigocean::base::log_trail_test {
namespace {

TEST_CASE("a trail keeps the last lines that were logged while it lived") {
  Logger log(LogFormat::kText, LogLevel::kWarn, false);
  log.warn("before", {});
  LogTrail trail;
  CHECK(trail.lines().empty());
  log.info("below the level, so not logged");
  for (int i = 1; i <= 25; ++i) log.warn("line", {{"number", static_cast<long long>(i)}, {"good", true}});
  const auto lines = trail.lines();
  REQUIRE(lines.size() == LogTrail::kLinesMax);
  CHECK(lines.front().fields[0].second == "6");
  CHECK(lines.back().fields[0].second == "25");
  CHECK(lines.back().fields[1].second == "true");
  CHECK(lines.back().message == "line");
  CHECK(lines.back().level == LogLevel::kWarn);
}

TEST_CASE("trails nest, and each thread has its own") {
  Logger log(LogFormat::kText, LogLevel::kWarn, false);
  LogTrail outer;
  {
    LogTrail inner;
    log.warn("inner");
    CHECK(inner.lines().size() == 1);
    std::thread([&log] {
      CHECK(LogTrail::current() == nullptr);
      log.warn("elsewhere");
    }).join();
    CHECK(inner.lines().size() == 1);
  }
  log.warn("outer");
  REQUIRE(outer.lines().size() == 1);
  CHECK(outer.lines()[0].message == "outer");
}

}  // namespace
}  // namespace bigocean::base::log_trail_test
