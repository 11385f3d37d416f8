// The 81 archetypes in the languages besides English.
#include "server/product/assessment/archetypes.hpp"

#include <algorithm>

namespace bigocean::server::assessment {

const Archetype* find_archetype(std::string_view code, Language language) {
  if (language == Language::kEnglish) return nullptr;
  const auto& all = language == Language::kGerman ? german_archetypes() : spanish_archetypes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace bigocean::server::assessment
