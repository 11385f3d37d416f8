// Texts for people about the meaning of scores.
#pragma once

#include <array>
#include <string_view>

#include "server/product/assessment/facets.hpp"
#include "server/product/assessment/language.hpp"
#include "server/product/assessment/scoring.hpp"

namespace bigocean::server::assessment {

/// One sentence without a subject, so that it fits any reader: "Pictures worlds and possibilities vividly."
/// Throws std::out_of_range for an invalid facet or trait.
std::string_view facet_text(Facet facet, Level level, Language language);
/// Two sentences.
std::string_view trait_text(Trait trait, Level level, Language language);

/// The name for people: "Artistic interests".
std::string_view facet_label(Facet facet, Language language);
std::string_view trait_label(Trait trait, Language language);

/// Thirds of a facet's scale, as level_of() uses them for traits.
Level facet_level_of(double facet_score);

/// The texts of one language, by index. Each language has its own file.
struct Texts {
  struct Labelled {
    std::string_view label;
    std::array<std::string_view, 3> levels;  ///< low, mid, high
  };
  std::array<Labelled, kTraitCount> traits;
  std::array<Labelled, kFacetCount> facets;
};
const Texts& english_texts();
const Texts& german_texts();
const Texts& spanish_texts();

}  // namespace bigocean::server::assessment
