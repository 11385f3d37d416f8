// The table of facets, against the schema and the seed of our own migrations.
#include "server/product/assessment/facets.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "server/product/assessment/scoring.hpp"

namespace facets_test {

using namespace bigocean::server::assessment;

namespace {

std::string migration(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::string(BIGOCEAN_SOURCE_DIR) + "/sql/migrations/" + name).rdbuf();
  REQUIRE(!text.str().empty());
  return text.str();
}

}  // namespace

TEST_CASE("the facets are those that the database takes, in the same order") {
  const std::string sql = migration("20260130120500_create_trait_assessments.sql");
  const std::regex when("WHEN '([a-z]+)' THEN facet IN\\s*\\(([^)]*)\\)");
  std::size_t count = 0;
  for (std::sregex_iterator one(sql.begin(), sql.end(), when), end; one != end; ++one) {
    const std::string names = (*one)[2];
    const std::regex name("'([a-z_]+)'");
    for (std::sregex_iterator word(names.begin(), names.end(), name); word != end; ++word, ++count) {
      REQUIRE(count < kFacetCount);
      CHECK(kFacets[count].name == (*word)[1].str());
      CHECK(info_of(kFacets[count].trait).name == (*one)[1].str());
    }
  }
  CHECK(count == kFacetCount);
}

TEST_CASE("a facet is found by its name and by nothing else") {
  std::set<std::string_view> labels;
  std::set<std::string_view> descriptions;
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    CHECK(find_facet(kFacets[i].name) == facet_at(i));
    labels.insert(kFacets[i].label);
    descriptions.insert(kFacets[i].description);
  }
  CHECK(labels.size() == kFacetCount);
  CHECK(descriptions.size() == kFacetCount);
  for (const char* name : {"", "Anger", "anger ", "anxiet", "openness", "constructor"})
    CHECK(!find_facet(name));
  CHECK_THROWS_AS(info_of(facet_at(kFacetCount)), std::out_of_range);
}

TEST_CASE("all 81 archetypes can be reached, and the seed has each of them") {
  const std::string sql = migration("20260130120400_seed_archetypes.sql");
  const std::regex row("\\('([A-Z]{4})',");
  std::set<std::string> seeded;
  for (std::sregex_iterator one(sql.begin(), sql.end(), row), end; one != end; ++one)
    seeded.insert((*one)[1]);
  REQUIRE(seeded.size() == 81);

  constexpr double kFacetScores[] = {3, 10, 17};  // of all six: 18, 60, 102
  std::set<std::string> reached;
  for (int number = 0; number < 243; ++number) {
    FacetScores facets{};
    int rest = number;
    for (std::size_t trait = 0; trait < kTraitCount; ++trait, rest /= 3) {
      for (std::size_t i = 0; i < kFacetsOfTrait; ++i) {
        facets[trait * kFacetsOfTrait + i].score = kFacetScores[rest % 3];
      }
    }
    const Assessment assessment = assess(facets);
    CHECK(assessment.archetype == assessment.code.substr(0, 4));
    reached.insert(assessment.archetype);
  }
  CHECK(reached == seeded);
}

}  // namespace facets_test
