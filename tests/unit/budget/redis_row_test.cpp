// What check-redis reports of the money that was spent today.
#include <doctest/doctest.h>

#include "server/product/budget/redis_row.hpp"
#include "server/product/settings/settings.hpp"
#include "tests/support/check_expectation.hpp"

namespace bigocean::server::budget::redis_row_test {
namespace {

using redis::Reply;

TEST_CASE("what was spent today is shown to the last nano-dollar") {
  const auto row = cost_today_row();
  const auto observed = [&](const Reply& reply) {
    return row.judge(reply, test::default_settings()).observed;
  };
  CHECK(observed({Reply::Kind::kNil, "", 0, {}}) == "nothing spent yet");
  CHECK(observed({Reply::Kind::kText, "1200000001", 0, {}}) == "$1.200000001 of $75");
  CHECK(observed({Reply::Kind::kText, "much", 0, {}}) == "not a number");
  CHECK(row.key(std::chrono::sys_days(std::chrono::year(2026) / 1 / 30)) == "cost:service:2026-01-30");
}

}  // namespace
}  // namespace bigocean::server::budget::redis_row_test
