// Where the conversation goes next.
#include "server/product/assessment/steering.hpp"

#include <algorithm>
#include <tuple>

namespace bigocean::server::assessment {
namespace {

bool is_to_end(const SteeringState& state, const SteeringLimits& limits) {
  if (state.user_messages >= limits.user_messages_max) return true;
  if (state.budget_left < limits.winding_down_needs) return true;
  const auto& facets = state.assessment.facets;
  return std::all_of(facets.begin(), facets.end(),
                     [&](const FacetScore& facet) { return facet.confidence >= limits.confidence_enough; });
}

Facet least_known(const SteeringState& state) {
  const auto recent = state.asked.last(std::min(state.asked.size(), kNotAskedAgainWithin));
  std::size_t best = kFacetCount;
  std::tuple<int, std::ptrdiff_t> least{};
  for (std::size_t i = 0; i < kFacetCount; ++i) {
    const Facet facet = facet_at(i);
    if (std::find(recent.begin(), recent.end(), facet) != recent.end()) continue;
    const std::tuple rank{state.assessment.of(facet).confidence,
                          std::count(state.asked.begin(), state.asked.end(), facet)};
    if (best != kFacetCount && !(rank < least)) continue;
    best = i;
    least = rank;
  }
  return facet_at(best);  // three of thirty are left out, so there is one
}

}  // namespace

llm::Steering steer(const SteeringState& state, const SteeringLimits& limits) {
  if (is_to_end(state, limits)) return {.facet = {}, .wind_down = true};
  if (state.user_messages <= kUnsteeredReplies) return {};
  return {.facet = std::string(info_of(least_known(state)).name), .wind_down = false};
}

}  // namespace bigocean::server::assessment
