// Steering: its rules one by one, and what holds for any state.
#include "server/product/assessment/steering.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/unit/assessment/evidence.hpp"

namespace steering_test {

using namespace bigocean::server::assessment;
namespace llm = bigocean::server::llm;
using bigocean::test::facet_named;

namespace {

Assessment with_confidence(int confidence) {
  FacetScores facets{};
  for (auto& facet : facets) facet = {10, confidence, 1};
  return assess(facets);
}

constexpr SteeringLimits kLimits{
    .user_messages_max = 30, .confidence_enough = 40, .winding_down_needs = 1000};

llm::Steering next(const Assessment& assessment, const std::vector<Facet>& asked, std::int64_t messages = 10,
                   llm::NanoDollars budget = 1'000'000) {
  return steer({assessment, asked, messages, budget}, kLimits);
}

}  // namespace

TEST_CASE("the first three replies are unsteered") {
  for (std::int64_t messages = 1; messages <= 3; ++messages) {
    const auto steering = next(score({}), {}, messages);
    CHECK(steering.facet.empty());
    CHECK(!steering.wind_down);
  }
  CHECK(next(score({}), {}, 4).facet == "imagination");
}

TEST_CASE("the least known facet is next, unless it was among the last three") {
  Assessment assessment = with_confidence(30);
  assessment.facets[index_of(facet_named("modesty"))].confidence = 10;
  assessment.facets[index_of(facet_named("anger"))].confidence = 20;
  CHECK(next(assessment, {}).facet == "modesty");
  const Facet modesty = facet_named("modesty");
  const Facet trust = facet_named("trust");
  const Facet anger = facet_named("anger");
  CHECK(next(assessment, {modesty}).facet == "anger");
  CHECK(next(assessment, {modesty, trust, trust}).facet == "anger");
  CHECK(next(assessment, {modesty, trust, trust, trust}).facet == "modesty");
  CHECK(next(assessment, {trust, modesty, anger}).facet == "imagination");
}

TEST_CASE("among equals the one asked least often, then the first of the table") {
  const Assessment assessment = with_confidence(0);
  std::vector<Facet> asked;
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    REQUIRE(next(assessment, asked).facet == kFacets[i].name);
    asked.push_back(facet_at(i));
  }
  CHECK(next(assessment, asked).facet == kFacets[0].name);
}

TEST_CASE("it winds down when enough is known, at the last message, or when the budget nears its end") {
  CHECK(next(with_confidence(40), {}).wind_down);
  Assessment but_one = with_confidence(40);
  but_one.facets[17].confidence = 39;
  CHECK(!next(but_one, {}).wind_down);
  CHECK(next(but_one, {}).facet == kFacets[17].name);

  CHECK(!next(score({}), {}, 29).wind_down);
  CHECK(next(score({}), {}, 30).wind_down);
  CHECK(next(score({}), {}, 31).wind_down);

  CHECK(!next(score({}), {}, 10, 1000).wind_down);
  CHECK(next(score({}), {}, 10, 999).wind_down);
  CHECK(next(score({}), {}, 10, -5).wind_down);
  CHECK(next(score({}), {}, 1, 0).wind_down);  // even before the first three are over
  CHECK(next(with_confidence(50), {}, 30, 0).facet.empty());
}

TEST_CASE("whatever the state: a facet of the table, not asked lately, and none is better") {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<int> confidence(0, 60);
  std::uniform_int_distribution<std::size_t> facet(0, kFacetCount - 1);
  for (int round = 0; round < 3000; ++round) {
    FacetScores facets{};
    for (auto& one : facets) one = {10, confidence(random) / (1 + round % 20), 1};
    facets[facet(random)].confidence = 0;
    std::vector<Facet> asked(static_cast<std::size_t>(round) % 40);
    for (auto& one : asked) one = facet_at(facet(random));
    const Assessment assessment = assess(facets);
    const auto steering = next(assessment, asked);
    REQUIRE(!steering.wind_down);
    REQUIRE(steering.facet == next(assessment, asked).facet);
    const Facet chosen = facet_named(steering.facet);
    const auto recent_begin =
        asked.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(asked.size(), 3));
    const auto is_recent = [&](Facet one) {
      return std::find(recent_begin, asked.end(), one) != asked.end();
    };
    const auto rank = [&](Facet one) {
      return std::tuple(assessment.of(one).confidence, std::count(asked.begin(), asked.end(), one), one);
    };
    REQUIRE(!is_recent(chosen));
    for (std::size_t i = 0; i < kFacetCount; ++i) {
      REQUIRE((is_recent(facet_at(i)) || rank(chosen) <= rank(facet_at(i))));
    }
  }
}

}  // namespace steering_test
