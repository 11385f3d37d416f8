// Evidence for tests: made by a seeded generator.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "server/product/assessment/scoring.hpp"

namespace bigocean::test {

inline server::assessment::Facet facet_named(std::string_view name) {
  return server::assessment::find_facet(name).value();
}

/// `count` pieces for one random facet each, with scores and confidences that do not add up without rounding.
inline std::vector<server::assessment::Evidence> random_evidence(std::mt19937_64& random, std::size_t count) {
  using namespace server::assessment;
  std::uniform_int_distribution<std::size_t> facet(0, kFacetCount - 1);
  std::uniform_real_distribution<double> score(0, kFacetScoreMax);
  std::uniform_real_distribution<double> confidence(0, 1);
  std::uniform_int_distribution<std::int64_t> turn(0, 30);
  std::vector<Evidence> result(count);
  for (auto& one : result) {
    one.turn = turn(random);
    one.position = 2 * one.turn + 2;
    one.facet = facet_at(facet(random));
    one.score = score(random);
    one.confidence = confidence(random);
    one.quote = "so I said";
  }
  return result;
}

}  // namespace bigocean::test
