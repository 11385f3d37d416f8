// From evidence to scores, and from scores to the code: pure functions.
//
// A facet's score is the mean of its evidence, weighted by confidence × (1 + 0.1·turn). Its confidence is
// round(90·(1 − e^(−0.7·mass/(1 + 0.5(n−1))))), where mass is the sum of the evidence's confidences and n its
// count. That grows with mass; n alone lowers it, so that ten doubtful hints do not make a certainty, and it
// cannot pass 68, however much evidence there is. One piece of evidence makes 45 at most.
//
// Decided here:
// - The order of arrival changes no bit: evidence is sorted by (turn, confidence, score) before it is summed.
// - The mean stays between the lowest and the highest score that went into it, whatever rounding does; ten
//   times 20 is 20.
// - A facet without evidence, or with evidence of confidence 0 only, stands at 10 with confidence 0. Evidence
//   of confidence 0 is counted and has no say in the score.
// - Nothing is rounded but the facet's confidence. A trait of 39.999 is low: a display that shows whole
//   numbers must round down, or it shows 40 beside the letter of the low.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/product/assessment/evidence.hpp"

namespace bigocean::server::assessment {

inline constexpr double kFacetScoreMax = 20;
inline constexpr double kTraitScoreMax = 120;
inline constexpr double kScoreWithoutEvidence = 10;

struct FacetScore {
  double score = kScoreWithoutEvidence;  ///< 0 to 20
  int confidence = 0;                    ///< 0 to 100
  std::int64_t evidence_count = 0;

  bool operator==(const FacetScore&) const = default;
};

enum class Level : std::uint8_t { kLow, kMid, kHigh };

using FacetScores = std::array<FacetScore, kFacetCount>;  ///< in the order of kFacets
using TraitScores = std::array<double, kTraitCount>;      ///< in the order of kTraits; 0 to 120

struct Assessment {
  FacetScores facets{};
  TraitScores traits{};
  std::string code;       ///< five letters: "OBENT"
  std::string archetype;  ///< its first four: the key of table archetypes

  const FacetScore& of(Facet facet) const { return facets.at(index_of(facet)); }
  double of(Trait trait) const { return traits.at(index_of(trait)); }

  bool operator==(const Assessment&) const = default;
};

/// Why this is no evidence, or an empty text: a facet that is none, a score or confidence that is out of
/// range or no number, a position below 1, a turn below 0 or not below the position.
std::string_view fault_of(const Evidence& evidence);

/// Throws base::Error where fault_of() finds something: nothing is scored on half of what was said.
Assessment score(std::span<const Evidence> evidence);

/// The same from stored facets: equal facets make an equal code.
Assessment assess(const FacetScores& facets);

/// Under 40 low, under 80 mid, else high.
Level level_of(double trait_score);
char letter_of(Trait trait, double trait_score);

/// "low", "mid", "high".
std::string_view name_of(Level level);

/// Five letters, O C E A N.
std::string code_of(const TraitScores& traits);

}  // namespace bigocean::server::assessment
