// The meaning of a score in words: present for each facet and trait, level and language.
#include "server/product/assessment/texts.hpp"

#include <doctest/doctest.h>

#include <set>

#include "base/unicode.hpp"

namespace texts_test {

using namespace bigocean::server::assessment;

TEST_CASE("each facet and trait has a text of its own for each level and language") {
  for (const auto language : kLanguages) {
    CAPTURE(tag_of(language));
    std::set<std::string_view> texts;
    std::set<std::string_view> labels;
    const auto look_at = [&](std::string_view text) {
      CAPTURE(text);
      CHECK(texts.insert(text).second);
      CHECK(text.ends_with("."));
      CHECK(text.size() < 200);
      CHECK_FALSE(bigocean::base::find_invalid_utf8(text));
    };
    for (const auto level : {Level::kLow, Level::kMid, Level::kHigh}) {
      for (std::size_t i = 0; i < kFacetCount; ++i) look_at(facet_text(facet_at(i), level, language));
      for (std::size_t i = 0; i < kTraitCount; ++i)
        look_at(trait_text(static_cast<Trait>(i), level, language));
    }
    for (std::size_t i = 0; i < kFacetCount; ++i) labels.insert(facet_label(facet_at(i), language));
    for (std::size_t i = 0; i < kTraitCount; ++i) labels.insert(trait_label(static_cast<Trait>(i), language));
    CHECK(labels.size() == kFacetCount + kTraitCount);
    CHECK(find_language(tag_of(language)) == language);
  }
  CHECK_FALSE(find_language("fr"));
  for (std::size_t i = 0; i < kFacetCount; ++i)
    CHECK(facet_label(facet_at(i), Language::kEnglish) == kFacets[i].label);
  for (std::size_t i = 0; i < kTraitCount; ++i)
    CHECK(trait_label(static_cast<Trait>(i), Language::kEnglish) == kTraits[i].label);
}

TEST_CASE("a facet's levels are thirds, as a trait's are") {
  CHECK(facet_level_of(0) == Level::kLow);
  CHECK(facet_level_of(6.6) == Level::kLow);
  CHECK(facet_level_of(6.7) == Level::kMid);
  CHECK(facet_level_of(13.3) == Level::kMid);
  CHECK(facet_level_of(13.4) == Level::kHigh);
  CHECK(facet_level_of(20) == Level::kHigh);
}

}  // namespace texts_test
