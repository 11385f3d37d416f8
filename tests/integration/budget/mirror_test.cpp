// The mirror in Redis: it follows the ledger, only grows, and is rebuilt when Redis loses it.
#include "server/product/budget/mirror.hpp"

#include <doctest/doctest.h>

#include "redis/check.hpp"
#include "server/product/budget/cost_key.hpp"
#include "server/product/budget/day.hpp"
#include "server/product/budget/redis_row.hpp"
#include "tests/integration/budget/bank.hpp"
#include "tests/support/captured.hpp"

namespace bigocean::server::budget::mirror_test {
namespace {

struct Mirrored {
  explicit Mirrored(const std::string& redis_url) : settings(make_settings(redis_url, bank.settings)) {}

  static config::Settings make_settings(const std::string& redis_url, config::Settings settings) {
    settings.redis.url = config::Secret(redis_url);
    settings.redis.connect_timeout = 500ms;
    settings.redis.command_timeout = 500ms;
    settings.redis.connection_wait = 100ms;
    return settings;
  }

  /// Spends without telling the mirror.
  Settlement spend(std::size_t user, NanoDollars cost) {
    return *bank.settle(bank.take(bank.order(account(user, user), cost)).id, cost);
  }
  void mirror_now(const Settlement& settlement) {
    mirror.note(settlement);
    mirror.flush();
  }
  std::string value(std::string_view who, Day day) {
    const std::vector<std::string> get{"GET", cost_key(who, day)};
    const auto reply = redis.command(get);
    return reply.is_nil() ? "none" : reply.text;
  }
  void command(std::vector<std::string> words) { redis.command(words); }

  Bank bank{{kPlenty, kPlenty, kPlenty}};
  const config::Settings settings;
  redis::Store redis{settings.redis, nullptr};
  Mirror mirror{redis, bank.database, bank.ledger, bank.log, bank.counters};
};

TEST_CASE("a settlement appears in Redis: of its user and of the service, for 48 hours") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  all.mirror_now(all.spend(1, 1'000'000'007));
  all.mirror_now(all.spend(2, 5));
  const Day day = all.bank.today();
  CHECK(all.value(uuid(1, 'a'), day) == "1000000007");
  CHECK(all.value(uuid(2, 'a'), day) == "5");
  CHECK(all.value(kWholeService, day) == "1000000012");
  const std::vector<std::string> ttl{"TTL", cost_key(kWholeService, day)};
  const auto left = all.redis.command(ttl).integer;
  CHECK(left > 47 * 3600);
  CHECK(left <= 48 * 3600);
}

TEST_CASE("values only grow, in whatever order settlements arrive") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  const auto first = all.spend(1, 10);
  const auto second = all.spend(1, 20);
  all.mirror_now(second);
  all.mirror_now(first);
  CHECK(all.value(kWholeService, all.bank.today()) == "30");
  CHECK(all.value(uuid(1, 'a'), all.bank.today()) == "30");
}

TEST_CASE("what was noted since the last time is written in one go, the latest of each") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  const Day day = all.bank.today();
  all.mirror_now(all.spend(1, 1));
  const auto second = all.spend(1, 2);
  const auto third = all.spend(2, 3);
  all.mirror.note(third);
  all.mirror.note(second);
  CHECK(all.value(kWholeService, day) == "1");
  all.mirror.flush();
  CHECK(all.value(kWholeService, day) == "6");
  CHECK(all.value(uuid(1, 'a'), day) == "3");
  CHECK(all.value(uuid(2, 'a'), day) == "3");
}

TEST_CASE("an emptied Redis is filled again by the next settlement, with everybody's costs of two days") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  const Day day = all.bank.today();
  for (std::size_t i = 0; i < 1203; ++i) {  // more than two pages
    all.bank.database.query("INSERT INTO user_budgets (user_id, day, spent) VALUES ($1, $2, $3)",
                            {uuid(i, 'c'), format_day(day), std::to_string(i)});
  }
  auto order = all.bank.order(account(7, 7), 40);
  order.day = day - std::chrono::days(1);
  all.bank.settle(all.bank.take(order).id, 40);
  all.mirror_now(all.spend(1, 10));
  CHECK(all.bank.counters.mirror_rebuilds == 1);
  all.command({"FLUSHALL"});
  all.mirror_now(all.spend(2, 5));
  CHECK(all.bank.counters.mirror_rebuilds == 2);
  CHECK(all.value(uuid(1, 'a'), day) == "10");
  CHECK(all.value(uuid(7, 'a'), order.day.value()) == "40");
  CHECK(all.value(kWholeService, order.day.value()) == "40");
  CHECK(all.value(kWholeService, day) == "15");
  for (const std::size_t i : {0U, 499U, 500U, 501U, 1000U, 1202U})
    CHECK(all.value(uuid(i, 'c'), day) == std::to_string(i));
  CHECK_FALSE(all.mirror.look());
}

TEST_CASE("a Redis that restarted with old values is told by its run, and put right") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  const Day day = all.bank.today();
  all.mirror_now(all.spend(1, 10));
  all.command({"SAVE"});
  all.mirror_now(all.spend(1, 90));
  CHECK(all.value(kWholeService, day) == "100");
  server.stop();
  server.start();
  CHECK(all.mirror.look());
  CHECK(all.value(kWholeService, day) == "100");
  CHECK(all.value(uuid(1, 'a'), day) == "100");
  CHECK_FALSE(all.mirror.look());
}

TEST_CASE("Redis away costs a line and a count; what was missed is made good afterwards") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  const Day day = all.bank.today();
  all.mirror_now(all.spend(1, 1));
  server.pause();
  test::Captured out;
  for (int i = 0; i < 5; ++i) CHECK_NOTHROW(all.mirror_now(all.spend(2, 1)));
  const auto said = out.end();
  server.resume();
  CHECK(all.bank.counters.mirror_failures == 5);
  const auto at = said.find("not mirrored");
  REQUIRE(at != std::string::npos);
  CHECK(said.find("not mirrored", at + 1) == std::string::npos);
  test::wait_until("the mirror is right again", 30s, [&] { return all.mirror.look(); });
  CHECK(all.value(uuid(2, 'a'), day) == "5");
  CHECK(all.value(kWholeService, day) == "6");
}

TEST_CASE("check-redis shows what was spent today") {
  test::PrivateRedis server;
  Mirrored all(server.url());
  all.mirror_now(all.spend(1, 1'250'000'000));
  const std::array rows{cost_today_row()};
  const auto report = redis::check(all.settings, nullptr, rows);
  REQUIRE(report.find("cost_today") != nullptr);
  CHECK(report.find("cost_today")->observed == "$1.25 of $1000");
  CHECK(report.find("cost_today")->level == base::CheckLevel::kInfo);
}

TEST_CASE("without a Redis the mirror does nothing") {
  Mirrored all("");
  all.mirror_now(all.spend(1, 1));
  CHECK_FALSE(all.mirror.look());
  CHECK(all.bank.counters.mirror_failures == 0);
}

}  // namespace
}  // namespace bigocean::server::budget::mirror_test
