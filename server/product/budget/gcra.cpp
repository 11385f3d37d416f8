// One step of the generic cell rate algorithm. redis_limiter.cpp makes the same decision in Lua; one test
// covers both.
#include "server/product/budget/gcra.hpp"

#include <algorithm>

namespace bigocean::server::budget {
namespace {

milliseconds within(const Limit& limit, milliseconds ahead) {
  return std::clamp(ahead, milliseconds(0), limit.burst());
}

Standing standing_at(const Limit& limit, milliseconds ahead) {
  return {.allowed = true, .remaining = (limit.burst() - ahead) / limit.interval(), .reset = ahead};
}

}  // namespace

Standing take_one(const Limit& limit, milliseconds ahead) {
  const auto old = within(limit, ahead);
  const auto next = old + limit.interval();
  const auto over = next - limit.burst();
  if (over <= milliseconds(0)) return standing_at(limit, next);
  auto standing = standing_at(limit, old);
  standing.allowed = false;
  standing.retry_after = over;
  return standing;
}

Standing look(const Limit& limit, milliseconds ahead) { return standing_at(limit, within(limit, ahead)); }

}  // namespace bigocean::server::budget
