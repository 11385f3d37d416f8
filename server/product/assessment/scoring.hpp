// Pure functions that compute scores from evidence, and the code from scores.
//
// A facet's score is the mean of its evidence, weighted by confidence × (1 + 0.1·turn). Its confidence is
// round(90·(1 − e^(−0.7·mass/(1 + 0.5(n−1))))), where mass is the sum of the evidence's confidences and n its
// count. It grows with mass and falls with n, so that ten doubtful hints do not make a certainty. It cannot
// exceed 68 with any amount of evidence, and 45 with one piece.
//
// Decided here:
// - The result does not depend on the order of arrival: evidence is sorted by (turn, confidence, score)
//   before it is summed.
// - The mean stays between the lowest and the highest of its scores in spite of rounding; the mean of ten
//   times 20 is 20.
// - A facet without evidence, or with evidence of confidence 0 only, has score 10 and confidence 0. Evidence
//   of confidence 0 is counted and does not change the score.
// - Only the facet's confidence is rounded. A trait of 39.999 is low: a display of whole numbers must round
//   down, or it shows 40 with the letter for low.
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

/// Why this evidence is invalid, or an empty text: an unknown facet, a score or confidence that is out of
/// range or NaN, a position below 1, a turn below 0 or not below the position.
std::string_view fault_of(const Evidence& evidence);

/// Scores all evidence of a session. Throws base::Error if fault_of() reports a fault: a part of the evidence
/// is never scored alone.
Assessment score(std::span<const Evidence> evidence);

/// The same from stored facets. Equal facets have the same code.
Assessment assess(const FacetScores& facets);

/// Under 40 low, under 80 mid, else high.
Level level_of(double trait_score);
char letter_of(Trait trait, double trait_score);

/// "low", "mid", "high".
std::string_view name_of(Level level);

/// Five letters, O C E A N.
std::string code_of(const TraitScores& traits);

}  // namespace bigocean::server::assessment
