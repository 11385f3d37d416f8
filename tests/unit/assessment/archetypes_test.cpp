// The archetypes in other languages: all present, all different, and none left in English.
#include "server/product/assessment/archetypes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "base/unicode.hpp"

namespace archetypes_test {

using namespace bigocean::server::assessment;

TEST_CASE("each archetype of the table has a name and a portrait in each other language") {
  std::ostringstream read;
  read << std::ifstream(BIGOCEAN_SOURCE_DIR "/sql/migrations/20260130120400_seed_archetypes.sql").rdbuf();
  const std::string table = read.str();
  REQUIRE(!table.empty());
  std::set<std::string_view> texts;
  for (const auto language : {Language::kGerman, Language::kSpanish}) {
    CAPTURE(tag_of(language));
    std::set<std::string_view> codes;
    const auto& all = language == Language::kGerman ? german_archetypes() : spanish_archetypes();
    for (const auto& one : all) {
      CAPTURE(one.code);
      CHECK(codes.insert(one.code).second);
      CHECK(table.find("('" + std::string(one.code) + "', ") != std::string::npos);
      CHECK(find_archetype(one.code, language) == &one);
      CHECK(find_archetype(one.code, Language::kEnglish) == nullptr);
      for (const auto text : {one.name, one.description}) {
        CHECK(texts.insert(text).second);
        CHECK_FALSE(bigocean::base::find_invalid_utf8(text));
        CHECK(table.find(std::string(text)) == std::string::npos);
      }
      CHECK(one.name.size() >= 5);
      CHECK(one.name.size() <= 40);
      CHECK(one.description.ends_with('.'));
      CHECK(std::count(one.description.begin(), one.description.end(), '.') == 2);
      CHECK(one.description.size() >= 80);
      CHECK(one.description.size() <= 260);
    }
    CHECK(codes.size() == kArchetypeCount);
  }
  CHECK(texts.size() == 4 * kArchetypeCount);
  CHECK(find_archetype("XXXX", Language::kGerman) == nullptr);
}

}  // namespace archetypes_test
