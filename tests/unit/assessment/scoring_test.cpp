// Scores: the formulas by hand, and what holds for any evidence.
#include "server/product/assessment/scoring.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "tests/unit/assessment/evidence.hpp"

namespace scoring_test {

using namespace bigocean::server::assessment;
using bigocean::test::facet_named;
using bigocean::test::random_evidence;

namespace {

Evidence piece(double score, double confidence, std::int64_t turn = 0) {
  return {.position = 2 * turn + 2,
          .turn = turn,
          .facet = facet_named("trust"),
          .score = score,
          .confidence = confidence};
}

FacetScore trust_of(const std::vector<Evidence>& evidence) {
  return score(evidence).of(facet_named("trust"));
}

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

}  // namespace

TEST_CASE("nothing known is the middle, without confidence") {
  const Assessment assessment = score({});
  for (const auto& facet : assessment.facets) CHECK(facet == FacetScore{10, 0, 0});
  for (const double trait : assessment.traits) CHECK(trait == 60);
  CHECK(assessment.code == "GBANT");
  CHECK(assessment.archetype == "GBAN");
}

TEST_CASE("the formulas, worked out by hand") {
  // 90·(1 − e^−0.7) = 45.307
  CHECK(trust_of({piece(12, 1)}) == FacetScore{12, 45, 1});
  // 90·(1 − e^−0.35) = 26.578
  CHECK(trust_of({piece(7.25, 0.5, 9)}) == FacetScore{7.25, 27, 1});
  // Weights 1·1 and 0.5·(1 + 0.1·10) = 1: the mean is the middle. Mass 1.5 of 2: 90·(1 − e^−0.7) again.
  CHECK(trust_of({piece(4, 1), piece(16, 0.5, 10)}) == FacetScore{10, 45, 2});
  // Weights 0.8 and 0.8·1.5 = 1.2: (0.8·5 + 1.2·15)/2 = 11. Mass 1.6: 90·(1 − e^(−0.7·1.6/1.5)) = 47.343
  const FacetScore later = trust_of({piece(5, 0.8), piece(15, 0.8, 5)});
  CHECK(later.score == doctest::Approx(11));
  CHECK(later.confidence == 47);
  // The limit of certainty: 90·(1 − e^−1.4) = 67.807
  CHECK(trust_of(std::vector<Evidence>(100'000, piece(20, 1))) == FacetScore{20, 68, 100'000});
}

TEST_CASE("evidence counts for its own facet and its own trait") {
  const Assessment assessment = score(std::vector{piece(20, 1)});
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    if (facet_at(i) != facet_named("trust")) CHECK(assessment.facets[i] == FacetScore{});
  }
  CHECK(assessment.of(Trait::kAgreeableness) == 70);
  CHECK(assessment.of(Trait::kExtraversion) == 60);
}

TEST_CASE("evidence without confidence is counted and says nothing") {
  CHECK(trust_of({piece(20, 0)}) == FacetScore{10, 0, 1});
  CHECK(trust_of({piece(20, 0), piece(4, 0.5)}).score == 4);
}

TEST_CASE("equal scores have exactly that mean") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 500; ++round) {
    auto evidence = random_evidence(random, 12);
    const double value = evidence.front().score;
    for (auto& one : evidence) {
      one.facet = facet_named("trust");
      one.score = value;
    }
    REQUIRE(bits(trust_of(evidence).score) == bits(value));
  }
}

TEST_CASE("the order of arrival changes no bit") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    auto evidence = random_evidence(random, 1 + static_cast<std::size_t>(round));
    for (auto& one : evidence) one.facet = facet_at(index_of(one.facet) % 3);
    const Assessment expected = score(evidence);
    for (int again = 0; again < 5; ++again) {
      std::shuffle(evidence.begin(), evidence.end(), random);
      const Assessment actual = score(evidence);
      REQUIRE(actual == expected);
      for (std::size_t i = 0; i < kFacetCount; ++i)
        REQUIRE(bits(actual.facets[i].score) == bits(expected.facets[i].score));
      for (std::size_t i = 0; i < kTraitCount; ++i)
        REQUIRE(bits(actual.traits[i]) == bits(expected.traits[i]));
    }
  }
}

TEST_CASE("whatever the evidence: ranges hold, counts are right, stored facets make the same code") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 500; ++round) {
    const auto evidence = random_evidence(random, static_cast<std::size_t>(round) % 90);
    const Assessment assessment = score(evidence);
    std::int64_t count = 0;
    for (const auto& facet : assessment.facets) {
      REQUIRE((facet.score >= 0 && facet.score <= 20));
      REQUIRE((facet.confidence >= 0 && facet.confidence <= 68));
      REQUIRE((facet.evidence_count > 0 || facet == FacetScore{}));
      count += facet.evidence_count;
    }
    REQUIRE(count == static_cast<std::int64_t>(evidence.size()));
    for (const double trait : assessment.traits) REQUIRE((trait >= 0 && trait <= 120));
    REQUIRE(assess(assessment.facets) == assessment);
  }
}

TEST_CASE("confidence never falls where evidence becomes surer, or more of full confidence comes in") {
  std::mt19937_64 random(4);
  for (int round = 0; round < 500; ++round) {
    auto evidence = random_evidence(random, 1 + static_cast<std::size_t>(round) % 9);
    for (auto& one : evidence) one.facet = facet_named("trust");
    const int before = trust_of(evidence).confidence;
    auto surer = evidence;
    surer.front().confidence += (1 - surer.front().confidence) / 2;
    REQUIRE(trust_of(surer).confidence >= before);
    auto more = evidence;
    more.push_back(piece(10, 1));
    REQUIRE(trust_of(more).confidence >= before);
  }
  // And it does fall where doubtful evidence is added: the formula's way, not ours to change.
  CHECK(trust_of({piece(10, 1), piece(10, 0.01)}).confidence < trust_of({piece(10, 1)}).confidence);
}

TEST_CASE("later messages weigh more") {
  CHECK(trust_of({piece(0, 0.7, 1), piece(20, 0.7, 9)}).score > 10);
  CHECK(trust_of({piece(20, 0.7, 1), piece(0, 0.7, 9)}).score < 10);
}

TEST_CASE("a letter on each side of each boundary") {
  const char* const letters[] = {"PGO", "FBD", "IAE", "CNW", "RTS"};
  for (std::size_t i = 0; i < kTraitCount; ++i) {
    const Trait trait = static_cast<Trait>(i);
    for (const double low : {0.0, 39.999, std::nextafter(40.0, 0.0)})
      CHECK(letter_of(trait, low) == letters[i][0]);
    for (const double mid : {40.0, 60.0, 79.999, std::nextafter(80.0, 0.0)})
      CHECK(letter_of(trait, mid) == letters[i][1]);
    for (const double high : {80.0, 120.0}) CHECK(letter_of(trait, high) == letters[i][2]);
  }
  CHECK(code_of({39.999, 40, 79.999, 80, 120}) == "PBAWS");
  CHECK(name_of(level_of(39.999)) == "low");
  CHECK(name_of(level_of(40)) == "mid");
  CHECK(name_of(level_of(80)) == "high");
}

TEST_CASE("what is no evidence is refused, with the reason") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto with = [](auto change) {
    Evidence evidence = piece(10, 0.5, 3);
    change(evidence);
    return evidence;
  };
  const std::pair<Evidence, const char*> cases[] = {
      {with([](Evidence& e) { e.score = kNan; }), "score"},
      {with([](Evidence& e) { e.score = -0.001; }), "score"},
      {with([](Evidence& e) { e.score = 20.001; }), "score"},
      {with([](Evidence& e) { e.score = kInfinity; }), "score"},
      {with([](Evidence& e) { e.confidence = kNan; }), "confidence"},
      {with([](Evidence& e) { e.confidence = 1.001; }), "confidence"},
      {with([](Evidence& e) { e.confidence = -kInfinity; }), "confidence"},
      {with([](Evidence& e) { e.facet = facet_at(kFacetCount); }), "facet"},
      {with([](Evidence& e) { e.facet = facet_at(255); }), "facet"},
      {with([](Evidence& e) { e.position = 0; }), "position"},
      {with([](Evidence& e) { e.turn = -1; }), "turn"},
      {with([](Evidence& e) { e.turn = e.position; }), "turn"},
  };
  for (const auto& [evidence, word] : cases) {
    CHECK_MESSAGE(fault_of(evidence).find(word) != std::string_view::npos, word);
    CHECK_THROWS_AS(score(std::vector{piece(10, 0.5), evidence}), bigocean::base::Error);
  }
  for (const auto& good : {piece(0, 0), piece(20, 1), piece(-0.0, 0.5, 1000)}) CHECK(fault_of(good).empty());
}

}  // namespace scoring_test
