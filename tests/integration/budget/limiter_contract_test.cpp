// One contract for both limiters: in Redis on its clock, in memory on a clock of the test. Both give the same
// results.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "server/product/budget/memory_limiter.hpp"
#include "server/product/budget/redis_limiter.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::server::budget::limiter_contract_test {
namespace {

using namespace std::chrono_literals;

const Limit kDaily{"daily", 1, 86400s};
const Limit kHourly{"hourly", 60, 3600s};

/// A limiter whose time can be made to pass.
struct Clocked {
  virtual ~Clocked() = default;
  virtual Limiter& limiter() = 0;
  virtual void pass(milliseconds time) = 0;
};

struct InMemory : Clocked {
  milliseconds now = 1'700'000'000s;
  MemoryLimiter memory{10000, [this] { return now; }};
  Limiter& limiter() override { return memory; }
  void pass(milliseconds time) override { now += time; }
};

/// Redis's clock cannot be set, so that the keys' times are: back by what passes.
struct InRedis : Clocked {
  test::PrivateRedis server;
  redis::Store store{settings(server.url()), nullptr};
  RedisLimiter in_redis{store};
  Limiter& limiter() override { return in_redis; }
  void pass(milliseconds time) override {
    const std::vector<std::string> move{"EVAL",
                                        "for _, key in ipairs(redis.call('KEYS', 'bigocean:limit:*')) do "
                                        "redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1]) end",
                                        "0", std::to_string(time.count())};
    store.command(move);
  }
  static config::Settings::Redis settings(const std::string& url) {
    auto settings = test::default_settings().redis;
    settings.url = config::Secret(url);
    return settings;
  }
};

void for_both(const std::function<void(Clocked&)>& contract) {
  SUBCASE("in memory") {
    InMemory clocked;
    contract(clocked);
  }
  SUBCASE("in Redis") {
    InRedis clocked;
    contract(clocked);
  }
}

TakeResult take(Clocked& clocked, const std::vector<Use>& uses) { return clocked.limiter().take(uses); }

TEST_CASE("limiter: a quota, then one each interval; callers do not count for each other") {
  for_both([](Clocked& clocked) {
    for (int i = 0; i < 60; ++i) {
      const auto result = take(clocked, {{kHourly, "user:1"}});
      REQUIRE(result.allowed);
      CHECK(result.standing[0].remaining == 59 - i);
      CHECK(result.standing[0].retry_after == 0ms);
    }
    const auto refused = take(clocked, {{kHourly, "user:1"}});
    CHECK_FALSE(refused.allowed);
    CHECK(refused.standing[0].remaining == 0);
    CHECK(refused.standing[0].retry_after > 0ms);
    CHECK(refused.standing[0].retry_after <= 60s);
    CHECK(refused.standing[0].reset <= 3600s);
    CHECK(take(clocked, {{kHourly, "user:2"}}).allowed);
    clocked.pass(60s);
    CHECK(take(clocked, {{kHourly, "user:1"}}).allowed);
    CHECK_FALSE(take(clocked, {{kHourly, "user:1"}}).allowed);
    clocked.pass(3600s);
    CHECK(take(clocked, {{kHourly, "user:1"}}).standing[0].remaining == 59);
  });
}

TEST_CASE("limiter: one a day is one a day") {
  for_both([](Clocked& clocked) {
    CHECK(take(clocked, {{kDaily, "user:1"}}).allowed);
    clocked.pass(86300s);
    CHECK_FALSE(take(clocked, {{kDaily, "user:1"}}).allowed);
    clocked.pass(100s);
    CHECK(take(clocked, {{kDaily, "user:1"}}).allowed);
  });
}

TEST_CASE("limiter: several limits are taken together or not at all") {
  for_both([](Clocked& clocked) {
    const std::vector<Use> both{{kHourly, "address:1"}, {kDaily, "user:1"}};
    CHECK(take(clocked, both).allowed);
    const auto refused = take(clocked, both);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.standing[0].allowed);
    CHECK(refused.standing[0].remaining == 59);
    CHECK_FALSE(refused.standing[1].allowed);
    CHECK(take(clocked, {{kHourly, "address:1"}}).standing[0].remaining == 58);
  });
}

TEST_CASE("limiter: what did not come about is given back") {
  for_both([](Clocked& clocked) {
    const std::vector<Use> both{{kHourly, "user:1"}, {kDaily, "user:1"}};
    REQUIRE(take(clocked, both).allowed);
    clocked.limiter().give_back(both);
    CHECK(take(clocked, {{kHourly, "user:1"}}).standing[0].remaining == 59);
    CHECK(take(clocked, {{kDaily, "user:1"}}).allowed);
    clocked.limiter().give_back(both);
    clocked.limiter().give_back(both);  // more than was taken gives no more than the quota
    CHECK(take(clocked, {{kDaily, "user:1"}}).allowed);
    CHECK_FALSE(take(clocked, {{kDaily, "user:1"}}).allowed);
  });
}

TEST_CASE("limiter: from many threads, exactly the quota") {
  for_both([](Clocked& clocked) {
    std::atomic<int> allowed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 25; ++k) allowed += take(clocked, {{kHourly, "user:1"}}).allowed ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(allowed == 60);
  });
}

TEST_CASE("limiter: Lua and C++ decide alike, whatever happens") {
  InMemory memory;
  InRedis redis;
  std::mt19937_64 random(5);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const std::vector<Limit> limits{kDaily, {"three", 3, 7 * 86400s}, {"seven", 7, 86400s}};
  std::size_t refusals = 0;
  for (int i = 0; i < 600; ++i) {
    std::vector<Use> uses;
    for (const Limit& limit : limits) {
      if (below(2) == 0) uses.push_back({limit, "user:" + std::to_string(below(3))});
    }
    if (below(4) == 0) {
      const auto time = limits[below(limits.size())].interval();
      memory.pass(time);
      redis.pass(time);
    }
    if (uses.empty()) continue;
    const auto a = take(memory, uses);
    const auto b = take(redis, uses);
    REQUIRE(a.allowed == b.allowed);
    refusals += a.allowed ? 0 : 1;
    for (std::size_t k = 0; k < uses.size(); ++k) {
      REQUIRE(a.standing[k].allowed == b.standing[k].allowed);
      REQUIRE(a.standing[k].remaining == b.standing[k].remaining);
    }
    if (a.allowed && below(5) == 0) {
      memory.limiter().give_back(uses);
      redis.limiter().give_back(uses);
    }
  }
  CHECK(refusals > 50);
}

TEST_CASE("limiter in Redis: keys of a subject share a tag, expire, and may hold anything") {
  InRedis redis;
  const Use use{kHourly, "user:1"};
  const auto key = RedisLimiter::key_of(use);
  CHECK(key == "bigocean:limit:{user:1}:hourly");
  take(redis, {use});
  const std::vector<std::string> ttl{"PTTL", key};
  const auto left = redis.store.command(ttl).integer;
  CHECK(left > 0);
  CHECK(left <= 60'000);
  const std::vector<std::string> spoil{"SET", key, "nonsense"};
  redis.store.command(spoil);
  CHECK(take(redis, {use}).standing[0].remaining == 59);
}

TEST_CASE("limiter in Redis: a key lives as long as it says something, and no longer") {
  InRedis redis;
  const Use uses[] = {{kHourly, "user:2"}, {{"by the second", 100, 100s}, "user:2"}};
  for (int i = 0; i < 300; ++i) {
    const auto& use = uses[i % 2];
    const auto result = take(redis, {use});
    if (i % 7 == 3 && result.allowed) redis.limiter().give_back({&use, 1});
    const std::vector<std::string> ttl{"PTTL", RedisLimiter::key_of(use)};
    const auto left = redis.store.command(ttl).integer;
    const auto reset = result.standing[0].reset.count();
    CAPTURE(i);
    // What was given back shortens `reset`; between the two commands time passes.
    if (i % 7 != 3) CHECK(left + 1000 >= reset);
    CHECK(left <= reset);
  }
}

}  // namespace
}  // namespace bigocean::server::budget::limiter_contract_test
