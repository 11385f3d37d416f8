// The thirty facets of the five traits: finds one by its name.
#include "server/product/assessment/facets.hpp"

#include <algorithm>

namespace bigocean::server::assessment {
namespace {

/// index_of(Facet) / 6 is the trait: scores add up by that.
constexpr bool grouped_by_trait() {
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    if (index_of(kFacets[i].trait) != i / kFacetsOfTrait) return false;
  }
  return true;
}
static_assert(grouped_by_trait());

}  // namespace

std::optional<Facet> find_facet(std::string_view name) {
  const auto* found =
      std::find_if(kFacets.begin(), kFacets.end(), [&](const auto& facet) { return facet.name == name; });
  if (found == kFacets.end()) return std::nullopt;
  return facet_at(static_cast<std::size_t>(found - kFacets.begin()));
}

}  // namespace bigocean::server::assessment
