// Computes scores from evidence, and the code from scores.
#include "server/product/assessment/scoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "base/error.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr double kLaterWeighsMore = 0.1;
constexpr double kConfidenceLimit = 90;
constexpr double kMassRate = 0.7;
constexpr double kCrowding = 0.5;
constexpr double kMidFrom = 40;
constexpr double kHighFrom = 80;
constexpr std::size_t kArchetypeLetters = 4;

/// The sort key: evidence with equal keys adds the same to a sum, in any order.
struct Term {
  std::int64_t turn;
  double confidence;
  double score;

  bool operator<(const Term& other) const {
    return std::tie(turn, confidence, score) < std::tie(other.turn, other.confidence, other.score);
  }
};

int confidence_of(double mass, std::size_t count) {
  const double crowd = 1 + kCrowding * (static_cast<double>(count) - 1);
  return static_cast<int>(std::lround(kConfidenceLimit * (1 - std::exp(-kMassRate * mass / crowd))));
}

FacetScore facet_score(std::vector<Term> terms) {
  FacetScore result;
  if (terms.empty()) return result;
  result.evidence_count = static_cast<std::int64_t>(terms.size());
  std::sort(terms.begin(), terms.end());
  double mass = 0;
  double weights = 0;
  double weighted = 0;
  double lowest = kFacetScoreMax;
  double highest = 0;
  for (const Term& term : terms) {
    if (term.confidence == 0) continue;
    const double weight = term.confidence * (1 + kLaterWeighsMore * static_cast<double>(term.turn));
    mass += term.confidence;
    weights += weight;
    weighted += weight * term.score;
    lowest = std::min(lowest, term.score);
    highest = std::max(highest, term.score);
  }
  if (weights > 0) result.score = std::clamp(weighted / weights, lowest, highest);
  result.confidence = confidence_of(mass, terms.size());
  return result;
}

}  // namespace

std::string_view fault_of(const Evidence& evidence) {
  // Written so that NaN fails each comparison.
  if (index_of(evidence.facet) >= kFacetCount) return "the facet is unknown";
  if (!(evidence.score >= 0 && evidence.score <= kFacetScoreMax)) return "the score is not within 0 to 20";
  if (!(evidence.confidence >= 0 && evidence.confidence <= 1)) return "the confidence is not within 0 to 1";
  if (evidence.position < 1) return "the position is below 1";
  if (evidence.turn < 0) return "the turn is below 0";
  if (evidence.turn >= evidence.position) return "the turn is not below the position";
  return {};
}

Assessment score(std::span<const Evidence> evidence) {
  std::array<std::vector<Term>, kFacetCount> terms;
  for (const Evidence& one : evidence) {
    if (const auto fault = fault_of(one); !fault.empty()) {
      throw base::Error(base::ExitCode::kInternal,
                        fmt::format("Evidence from message {} cannot be scored: {}.", one.position, fault));
    }
    terms[index_of(one.facet)].push_back({one.turn, one.confidence, one.score});
  }
  FacetScores facets;
  std::transform(terms.begin(), terms.end(), facets.begin(),
                 [](std::vector<Term>& of_facet) { return facet_score(std::move(of_facet)); });
  return assess(facets);
}

Assessment assess(const FacetScores& facets) {
  Assessment result;
  result.facets = facets;
  for (std::size_t i = 0; i < kFacetCount; ++i) result.traits[i / kFacetsOfTrait] += facets[i].score;
  result.code = code_of(result.traits);
  result.archetype = result.code.substr(0, kArchetypeLetters);
  return result;
}

Level level_of(double trait_score) {
  if (trait_score < kMidFrom) return Level::kLow;
  return trait_score < kHighFrom ? Level::kMid : Level::kHigh;
}

char letter_of(Trait trait, double trait_score) {
  return info_of(trait).letters.at(static_cast<std::size_t>(level_of(trait_score)));
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kLow:
      return "low";
    case Level::kMid:
      return "mid";
    case Level::kHigh:
      return "high";
  }
  return {};
}

std::string code_of(const TraitScores& traits) {
  std::string code;
  for (std::size_t i = 0; i < kTraitCount; ++i) code += letter_of(static_cast<Trait>(i), traits[i]);
  return code;
}

}  // namespace bigocean::server::assessment
