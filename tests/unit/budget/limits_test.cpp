// The arithmetic of rate limits, the limiter in memory, headers and subjects.
#include <doctest/doctest.h>

#include <deque>
#include <random>

#include "server/product/budget/memory_limiter.hpp"
#include "server/product/budget/rate_limits.hpp"

namespace bigocean::server::budget::limits_test {
namespace {

using namespace std::chrono_literals;

const Limit kMessages{"messages", 20, 60s};

TEST_CASE("a quota may be taken at once, then one more each interval") {
  milliseconds ahead = -5s;  // what is past counts as nothing taken
  for (int i = 0; i < 20; ++i) {
    const auto taken = take_one(kMessages, ahead);
    REQUIRE(taken.allowed);
    CHECK(taken.remaining == 19 - i);
    ahead = taken.reset;
  }
  const auto refused = take_one(kMessages, ahead);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_after == 3s);
  CHECK(refused.reset == 60s);
  CHECK_FALSE(take_one(kMessages, ahead - 3s + 1ms).allowed);
  CHECK(take_one(kMessages, ahead - 3s).allowed);
  CHECK(take_one(kMessages, ahead - 60s).remaining == 19);
}

TEST_CASE("whatever the order of events: never more than twice the quota in a window, and waiting helps") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 100; ++round) {
    const Limit limit{"x", std::uniform_int_distribution<std::int64_t>(1, 30)(random),
                      std::chrono::seconds(std::uniform_int_distribution<int>(1, 600)(random))};
    milliseconds now{0}, ahead{0};
    std::deque<milliseconds> taken_at;
    for (int i = 0; i < 500; ++i) {
      const milliseconds passed(
          std::uniform_int_distribution<std::int64_t>(0, 2 * limit.interval().count())(random));
      now += passed;
      ahead -= passed;
      const auto taken = take_one(limit, ahead);
      if (!taken.allowed) {
        REQUIRE(taken.retry_after > 0ms);
        REQUIRE(take_one(limit, ahead - taken.retry_after).allowed);
        REQUIRE_FALSE(take_one(limit, ahead - taken.retry_after + 1ms).allowed);
        continue;
      }
      ahead = taken.reset;
      taken_at.push_back(now);
      while (taken_at.front() <= now - limit.burst()) taken_at.pop_front();
      REQUIRE(std::ssize(taken_at) <= 2 * limit.quota);
      REQUIRE(taken.remaining >= 0);
    }
  }
}

TEST_CASE("a clock that was set back locks nobody out for longer than a window") {
  const auto refused = take_one(kMessages, 24h);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_after == 3s);
  CHECK(refused.reset == 60s);
}

TEST_CASE("the limiter in memory keeps no more keys than it may, and forgets the one used longest ago") {
  milliseconds now = 0s;
  MemoryLimiter limiter(3, [&] { return now; });
  const auto take = [&](const std::string& who) {
    const Use use{{"once", 1, 60s}, who};
    return limiter.take({&use, 1}).allowed;
  };
  for (const char* who : {"a", "b", "c"}) CHECK(take(who));
  for (int i = 0; i < 1000; ++i) take("stranger " + std::to_string(i));
  CHECK(limiter.keys() == 3);
  CHECK_FALSE(take("stranger 999"));
  CHECK(take("a"));
}

TEST_CASE("headers: every policy and state, whole seconds rounded up") {
  const std::vector<Use> uses{{kMessages, "user:1"}, {{"messages-by-address", 120, 60s}, "address:1"}};
  TakeResult result{true, {{true, 7, 0ms, 39'001ms}, {true, 100, 0ms, 10s}}};
  const auto find = [](const http::Headers& headers, std::string_view name) {
    return std::string(http::find_header(headers, name).value_or("none"));
  };
  auto headers = rate_limit_headers(uses, result);
  CHECK(find(headers, "RateLimit-Policy") == R"("messages";q=20;w=60, "messages-by-address";q=120;w=60)");
  CHECK(find(headers, "RateLimit") == R"("messages";r=7;t=40, "messages-by-address";r=100;t=10)");
  result = {false, {{true, 7, 0ms, 39s}, {false, 0, 1ms, 60s}}};
  headers = rate_limit_headers(uses, result);
  CHECK(find(headers, "RateLimit") == R"("messages";r=7;t=39, "messages-by-address";r=0;t=60)");
  CHECK(rate_limit_headers({}, {}).empty());
}

TEST_CASE("an address is one client: IPv4 as it is, IPv6 by its network, and mapped ones as IPv4") {
  CHECK(subject_of_address("203.0.113.7") == "address:203.0.113.7");
  CHECK(subject_of_address("::ffff:203.0.113.7") == "address:203.0.113.7");
  CHECK(subject_of_address("2001:db8:1:2:3:4:5:6") == "address:2001:db8:1:2::/64");
  CHECK(subject_of_address("2001:db8:1:2::1") == subject_of_address("2001:db8:1:2:ffff::"));
  CHECK(subject_of_address("2001:db8:1:3::1") != subject_of_address("2001:db8:1:2::1"));
}

TEST_CASE("a network is what a site is given") {
  CHECK(subject_of_network("203.0.113.7") == "network:203.0.113.0/24");
  CHECK(subject_of_network("::ffff:203.0.113.7") == "network:203.0.113.0/24");
  CHECK(subject_of_network("2001:db8:1:2::1") == "network:2001:db8:1::/48");
}

}  // namespace
}  // namespace bigocean::server::budget::limits_test
