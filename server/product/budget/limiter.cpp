// One of each, or nothing.
#include "server/product/budget/limiter.hpp"

namespace bigocean::server::budget {

TakeResult result_of(std::span<const Use> uses, std::span<const milliseconds> ahead) {
  TakeResult result;
  result.standing.reserve(uses.size());
  for (std::size_t i = 0; i < uses.size(); ++i) {
    result.standing.push_back(take_one(uses[i].limit, ahead[i]));
    result.allowed = result.allowed && result.standing.back().allowed;
  }
  if (result.allowed) return result;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (result.standing[i].allowed) result.standing[i] = look(uses[i].limit, ahead[i]);
  }
  return result;
}

}  // namespace bigocean::server::budget
