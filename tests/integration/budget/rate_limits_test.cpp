// The product's limits, with a Redis that goes away and comes back.
#include "server/product/budget/rate_limits.hpp"

#include <doctest/doctest.h>

#include "tests/support/captured.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::server::budget::rate_limits_test {
namespace {

using namespace std::chrono_literals;

struct Fixture {
  explicit Fixture(const std::string& url) : settings(make_settings(url)) {}

  static config::Settings make_settings(const std::string& url) {
    auto settings = test::default_settings();
    settings.redis.url = config::Secret(url);
    settings.redis.connect_timeout = 500ms;
    settings.redis.command_timeout = 500ms;
    settings.redis.connection_wait = 100ms;
    return settings;
  }

  const config::Settings settings;
  base::Logger log{base::LogFormat::kText, base::LogLevel::kInfo, false};
  Counters counters{Caps{}};
  redis::Store store{settings.redis, nullptr};
  RateLimits limits{store, product::of(settings).limits, log, counters};
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

TEST_CASE("one new assessment a day, one resume a week; an address counts besides") {
  test::PrivateRedis server;
  Fixture fixture(server.url());
  auto& limits = fixture.limits;
  const auto first = limits.take(limits.new_assessment("u1", "192.0.2.1"));
  CHECK(first.allowed);
  CHECK(first.limit == "assessments");
  CHECK(first.remaining == 0);
  const auto again = limits.take(limits.new_assessment("u1", "192.0.2.1"));
  CHECK_FALSE(again.allowed);
  CHECK(again.limit == "assessments");
  CHECK(again.retry_after > 23h);
  CHECK(again.retry_after <= 24h);
  CHECK(http::find_header(again.headers, "RateLimit").has_value());
  CHECK(limits.take(limits.resume("u1")).allowed);
  const auto resumed = limits.take(limits.resume("u1"));
  CHECK_FALSE(resumed.allowed);
  CHECK(resumed.retry_after > 6 * 24h);
  // New names do not help an address for ever.
  int allowed = 1;
  for (int i = 0; i < 30; ++i) {
    allowed += limits.take(limits.new_assessment("new" + std::to_string(i), "192.0.2.1")).allowed ? 1 : 0;
  }
  CHECK(allowed == 20);
  CHECK(limits.take(limits.new_assessment(std::nullopt, "192.0.2.2")).allowed);
  CHECK(fixture.counters.limited == 13);
  CHECK_FALSE(fixture.counters.limits_in_memory);
}

TEST_CASE("a network is held back, whatever its addresses: IPv6 by its /48, IPv4 by its /24") {
  test::PrivateRedis server;
  Fixture fixture(server.url());
  auto& limits = fixture.limits;
  for (const bool v6 : {true, false}) {
    const auto address = [&](int number) {
      return v6 ? "2001:db8:7:" + std::to_string(number) + "::1" : "203.0.113." + std::to_string(number);
    };
    int allowed = 0;
    for (int i = 0; i < 200; ++i) {
      const auto decision = limits.take(limits.new_assessment(std::nullopt, address(i)));
      allowed += decision.allowed ? 1 : 0;
      if (!decision.allowed) CHECK(decision.limit == "assessments-by-network");
    }
    CHECK(allowed == 100);
  }
  CHECK(limits.take(limits.new_assessment(std::nullopt, "2001:db8:8::1")).allowed);
  CHECK(limits.take(limits.new_assessment(std::nullopt, "203.0.112.1")).allowed);
  // Who is known is none of the network's.
  CHECK(limits.take(limits.new_assessment("u9", std::nullopt)).allowed);
}

TEST_CASE("Redis goes: limits go on in memory; it comes back: in Redis again, each said once") {
  test::PrivateRedis server;
  Fixture fixture(server.url());
  auto& limits = fixture.limits;
  const auto once = limits.new_assessment("u1", std::nullopt);
  CHECK(limits.take(once).allowed);
  CHECK_FALSE(limits.take(once).allowed);
  test::Captured out;
  server.stop();
  int allowed = 0;
  for (int i = 0; i < 20; ++i) allowed += limits.take(once).allowed ? 1 : 0;
  server.start();
  test::wait_until("the limits are in Redis again", 30s, [&] {
    limits.take(limits.message("somebody else", std::nullopt));
    return !fixture.counters.limits_in_memory;
  });
  const auto said = out.end();
  CHECK(allowed == 1);  // counted anew
  CHECK(count(said, "in this process only, because Redis is unreachable") == 1);
  CHECK(count(said, "in Redis again") == 1);
  CHECK(fixture.counters.limits_fallbacks == 1);
}

TEST_CASE("a Redis that refuses the script is as good as away") {
  test::PrivateRedis server({"--min-replicas-to-write", "1"});
  Fixture fixture(server.url());
  const auto once = fixture.limits.new_assessment("u1", std::nullopt);
  int allowed = 0;
  for (int i = 0; i < 20; ++i) allowed += fixture.limits.take(once).allowed ? 1 : 0;
  CHECK(allowed == 1);
  CHECK(fixture.counters.limits_in_memory);
}

TEST_CASE("without a Redis there is memory; what did not come about is given back") {
  Fixture fixture("");
  const auto uses = fixture.limits.new_assessment("u1", std::nullopt);
  CHECK(fixture.limits.take(uses).allowed);
  CHECK_FALSE(fixture.limits.take(uses).allowed);
  fixture.limits.give_back(uses);
  CHECK(fixture.limits.take(uses).allowed);
  CHECK(fixture.limits.take({}).allowed);
}

}  // namespace
}  // namespace bigocean::server::budget::rate_limits_test
