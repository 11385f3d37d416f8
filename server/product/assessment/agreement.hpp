// Reads the degree of agreement from a free answer: "4", "4/5", "not really", "yes, mostly".
//
// The rules, in this order:
// 1. A number out of five or ten, or a percentage, at any place.
// 2. A clause with only a number from 1 to 5 (two: their mean) and words like "maybe" or "I'd say".
// 3. Phrases of a list, longest first, in the first three clauses. A negation up to four words before one
// turns it: "don't agree" is 2, "not always" 3. A second phrase sharpens the first ("no, never": 1) or
// contradicts it ("yes and no": 3, with less confidence). Verdicts (yes, agree) count before frequencies
// (always), since a frequency may speak of the opposite: "no, I always plan". A clause that begins with "but"
// takes half a step back towards the middle. Nothing else is interpreted: what the user loves or hates is
// left to a language model.
#pragma once

#include <optional>
#include <string_view>

#include "server/product/assessment/language.hpp"

namespace bigocean::server::assessment {

struct Agreement {
  double level = 3;       ///< 1: not at all, 5: completely
  double confidence = 0;  ///< of the reading, 0 to 1: 0.9 for a number, 0.25 for "no idea"

  bool operator==(const Agreement&) const = default;
};

/// Returns nothing for an answer that cannot be read. `language` is that of the question; an answer that
/// cannot be read in it is read in the others.
std::optional<Agreement> read_agreement(std::string_view answer, Language language);

}  // namespace bigocean::server::assessment
