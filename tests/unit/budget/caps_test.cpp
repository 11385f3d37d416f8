// Warnings on the way to a cap, days, and the counters as samples.
#include "server/product/budget/caps.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "base/error.hpp"
#include "server/product/budget/counters.hpp"
#include "server/product/budget/day.hpp"

namespace bigocean::server::budget::caps_test {
namespace {

using Places = std::vector<std::size_t>;

TEST_CASE("a share is crossed by the settlement that reaches it") {
  CHECK(crossed(49, 49, 100) == Places{});
  CHECK(crossed(50, 1, 100) == Places{0});
  CHECK(crossed(50, 0, 100) == Places{});
  CHECK(crossed(51, 1, 100) == Places{});
  CHECK(crossed(95, 95, 100) == Places{0, 1, 2});
  CHECK(crossed(2, 1, 3) == Places{0});  // half of 3 is reached with 2
  CHECK(crossed(5, 5, 0) == Places{});
}

TEST_CASE("however a budget is spent, each share is crossed once") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    const NanoDollars cap = std::uniform_int_distribution<NanoDollars>(1, 1'000'000'000'000'000)(random);
    NanoDollars spent = 0;
    Places all;
    while (spent < cap) {
      const auto cost = std::uniform_int_distribution<NanoDollars>(1, cap / 3 + 1)(random);
      spent += cost;
      for (const auto place : crossed(spent, cost, cap)) all.push_back(place);
    }
    REQUIRE(all == Places{0, 1, 2});
  }
}

TEST_CASE("scopes have names, and names scopes") {
  for (const Scope scope : kScopes) CHECK(scope_of(scope_name(scope)) == scope);
  CHECK_FALSE(scope_of("month").has_value());
}

TEST_CASE("days are written and read, and nothing else is a day") {
  for (const char* text : {"2026-01-30", "2028-02-29", "1999-12-31"})
    CHECK(format_day(parse_day(text)) == text);
  for (const char* text :
       {"", "2026-02-29", "2026-1-30", "30-01-2026", "2026-13-01", "2026-01-30 ", "01/30/2026"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_day(text), base::Error);
  }
}

TEST_CASE("the counters' samples: names kept together, no label set twice, the latest day wins") {
  Counters counters({1, 2, 75'000'000'000});
  counters.saw_service(parse_day("2026-01-31"), 1'500'000'000, 7);
  counters.saw_service(parse_day("2026-01-30"), 9, 9);
  ++counters.crossings[static_cast<std::size_t>(Scope::kServiceDay)][1];
  std::set<std::string> names, series;
  std::string last;
  for (const auto& sample : counters.samples()) {
    if (sample.name != last) CHECK(names.insert(sample.name).second);
    last = sample.name;
    CHECK(sample.is_counter == sample.name.ends_with("_total"));
    std::string labels;
    for (const auto& [label, value] : sample.labels) labels += label + "=" + value + ",";
    CHECK(series.insert(sample.name + "{" + labels).second);
    if (sample.name == "bigocean_budget_spent_dollars") CHECK(sample.value == 1.5);
    if (labels == "scope=service_day,percent=75,") CHECK(sample.value == 1);
  }
}

}  // namespace
}  // namespace bigocean::server::budget::caps_test
