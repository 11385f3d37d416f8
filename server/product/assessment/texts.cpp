// What a score means: the text of a facet or trait, by level and language.
#include "server/product/assessment/texts.hpp"

namespace bigocean::server::assessment {
namespace {

const Texts& texts_in(Language language) {
  switch (language) {
    case Language::kGerman:
      return german_texts();
    case Language::kSpanish:
      return spanish_texts();
    case Language::kEnglish:
      break;
  }
  return english_texts();
}

}  // namespace

std::string_view facet_text(Facet facet, Level level, Language language) {
  return texts_in(language).facets.at(index_of(facet)).levels.at(static_cast<std::size_t>(level));
}

std::string_view trait_text(Trait trait, Level level, Language language) {
  return texts_in(language).traits.at(index_of(trait)).levels.at(static_cast<std::size_t>(level));
}

std::string_view facet_label(Facet facet, Language language) {
  return texts_in(language).facets.at(index_of(facet)).label;
}

std::string_view trait_label(Trait trait, Language language) {
  return texts_in(language).traits.at(index_of(trait)).label;
}

Level facet_level_of(double facet_score) {
  // The trait's bounds are 40 and 80 of 120.
  return level_of(facet_score * kTraitScoreMax / kFacetScoreMax);
}

}  // namespace bigocean::server::assessment
