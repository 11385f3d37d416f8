// The generic cell rate algorithm in Lua: one call reads the clock, decides on all limits, and writes all or
// none.
#include "server/budget/redis_limiter.hpp"

#include <fmt/format.h>

namespace bigocean::server::budget {
namespace {

/// KEYS: one a limit. ARGV: interval in microseconds and quota of each. Replies 1 or 0, then remaining, retry
/// after and reset of each. Times since the epoch are below 2^53, so that Lua's numbers hold them exactly; as
/// text they need a format of their own. A key lives as long as it says anything.
constexpr const char* kTake = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local reply, old, new = {1}, {}, {}
for i = 1, #KEYS do
  local interval, burst = tonumber(ARGV[2 * i - 1]), ARGV[2 * i - 1] * ARGV[2 * i]
  local state = tonumber(redis.call('GET', KEYS[i]) or now) or now
  state = math.min(math.max(state, now), now + burst)
  old[i], new[i] = state, state + interval
  local over = new[i] - now - burst
  if over > 0 then reply[1] = 0 else over = 0 end
  reply[3 * i] = over
end
local at = reply[1] == 1 and new or old
for i = 1, #KEYS do
  local interval, burst = tonumber(ARGV[2 * i - 1]), ARGV[2 * i - 1] * ARGV[2 * i]
  local ahead = at[i] - now
  reply[3 * i - 1] = math.floor((burst - ahead) / interval)
  reply[3 * i + 1] = ahead
  if reply[1] == 1 then
    redis.call('SET', KEYS[i], string.format('%.0f', new[i]), 'PX', math.ceil(ahead / 1000))
  end
end
return reply
)lua";

/// KEYS as above, ARGV: the interval of each.
constexpr const char* kGiveBack = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 1, #KEYS do
  local state = (tonumber(redis.call('GET', KEYS[i]) or 0) or 0) - ARGV[i]
  if state > now then
    redis.call('SET', KEYS[i], string.format('%.0f', state), 'PX', math.ceil((state - now) / 1000))
  else
    redis.call('DEL', KEYS[i])
  end
end
return 1
)lua";

}  // namespace

RedisLimiter::RedisLimiter(redis::Store& store) : store_(store), take_(kTake), give_back_(kGiveBack) {}

std::string RedisLimiter::key_of(const Use& use) {
  return fmt::format("bigocean:limit:{{{}}}:{}", use.subject, use.limit.name);
}

Verdict RedisLimiter::take(std::span<const Use> uses) {
  std::vector<std::string> keys, arguments;
  for (const Use& use : uses) {
    keys.push_back(key_of(use));
    arguments.push_back(std::to_string(use.limit.interval().count()));
    arguments.push_back(std::to_string(use.limit.quota));
  }
  const auto reply = store_.run(take_, keys, arguments);
  if (reply.elements.size() != 1 + 3 * uses.size()) {
    throw base::Error(base::ExitCode::kInternal, "the script of the rate limits replied something else");
  }
  Verdict verdict;
  verdict.allowed = reply.elements[0].integer == 1;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto* parts = &reply.elements[1 + 3 * i];
    verdict.standing.push_back({.allowed = parts[1].integer == 0,
                                .remaining = parts[0].integer,
                                .retry_after = microseconds(parts[1].integer),
                                .reset = microseconds(parts[2].integer)});
  }
  return verdict;
}

void RedisLimiter::give_back(std::span<const Use> uses) {
  std::vector<std::string> keys, arguments;
  for (const Use& use : uses) {
    keys.push_back(key_of(use));
    arguments.push_back(std::to_string(use.limit.interval().count()));
  }
  store_.run(give_back_, keys, arguments);
}

}  // namespace bigocean::server::budget
