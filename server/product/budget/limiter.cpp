// One of each, or nothing.
#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

Verdict verdict_of(std::span<const Use> uses, std::span<const milliseconds> ahead) {
  Verdict verdict;
  verdict.standing.reserve(uses.size());
  for (std::size_t i = 0; i < uses.size(); ++i) {
    verdict.standing.push_back(take_one(uses[i].limit, ahead[i]));
    verdict.allowed = verdict.allowed && verdict.standing.back().allowed;
  }
  if (verdict.allowed) return verdict;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (verdict.standing[i].allowed) verdict.standing[i] = look(uses[i].limit, ahead[i]);
  }
  return verdict;
}

}  // namespace bigocean::server::budget
