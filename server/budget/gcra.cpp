// One step of the generic cell rate algorithm. redis_limiter.cpp has the same in Lua; one test holds both.
#include "server/budget/gcra.hpp"

#include <algorithm>

namespace bigocean::server::budget {
namespace {

microseconds within(const Limit& limit, microseconds state, microseconds now) {
  return std::clamp(state, now, now + limit.burst());
}

Standing standing_at(const Limit& limit, microseconds state, microseconds now) {
  return {
      .allowed = true, .remaining = (limit.burst() - (state - now)) / limit.interval(), .reset = state - now};
}

}  // namespace

Taken take_one(const Limit& limit, microseconds state, microseconds now) {
  const auto old = within(limit, state, now);
  const auto next = old + limit.interval();
  const auto over = next - now - limit.burst();
  if (over <= microseconds(0)) return {standing_at(limit, next, now), next};
  auto standing = standing_at(limit, old, now);
  standing.allowed = false;
  standing.retry_after = over;
  return {standing, old};
}

Standing look(const Limit& limit, microseconds state, microseconds now) {
  return standing_at(limit, within(limit, state, now), now);
}

}  // namespace bigocean::server::budget
