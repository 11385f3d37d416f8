// The generic cell rate algorithm in Lua: one call reads the clock, decides on all limits, and writes all or
// none.
#include "server/budget/redis_limiter.hpp"

#include <fmt/format.h>

namespace bigocean::server::budget {
namespace {

/// KEYS: one a limit. ARGV: interval in microseconds and quota of each. Replies 1 or 0, then remaining, retry
/// after and reset of each. Times since the epoch are below 2^53, so that Lua's numbers hold them exactly; as
/// text they need a format of their own. A key lives as long as it says anything. Globals are slow in Redis,
/// formats other than %d too.
constexpr const char* kTake = R"lua(
local call, keys, argv, format = redis.call, KEYS, ARGV, string.format
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed, reply, ahead = 1, {1}, {}
for i = 1, #keys do
  local interval = argv[2 * i - 1] + 0
  local burst = interval * argv[2 * i]
  local before = (tonumber(call('GET', keys[i])) or now) - now
  if before < 0 then before = 0 elseif before > burst then before = burst end
  local over = before + interval - burst
  if over > 0 then allowed = 0 else over = 0 end
  ahead[i], reply[3 * i] = before, over
end
reply[1] = allowed
for i = 1, #keys do
  local interval = argv[2 * i - 1] + 0
  local after = ahead[i] + allowed * interval
  reply[3 * i - 1] = (interval * argv[2 * i] - after) / interval
  reply[3 * i + 1] = after
  if allowed == 1 then
    call('SET', keys[i], format('%d', now + after), 'PX', format('%d', (after + 999) / 1000))
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
    redis.call('SET', KEYS[i], string.format('%d', state), 'PX', math.ceil((state - now) / 1000))
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
