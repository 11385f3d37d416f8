// One of each, or nothing.
#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

Decision decision_of(std::span<const Use> uses, std::span<const milliseconds> ahead) {
  Decision decision;
  decision.standing.reserve(uses.size());
  for (std::size_t i = 0; i < uses.size(); ++i) {
    decision.standing.push_back(take_one(uses[i].limit, ahead[i]));
    decision.allowed = decision.allowed && decision.standing.back().allowed;
  }
  if (decision.allowed) return decision;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (decision.standing[i].allowed) decision.standing[i] = look(uses[i].limit, ahead[i]);
  }
  return decision;
}

}  // namespace bigocean::server::budget
