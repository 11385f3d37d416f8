// The result of the generic cell rate algorithm in Lua: one call decides on all limits, and writes all or
// none. The state is the expiry time of a key, so that Redis's clock counts, and keys without information
// disappear.
#include "server/product/budget/redis_limiter.hpp"

#include <fmt/format.h>

namespace bigocean::server::budget {
namespace {

/// KEYS: one for each limit. ARGV: its interval, and how far ahead of now its state may be for one more, in
/// milliseconds. Returns how far ahead each was; the result follows from that.
constexpr const char* kTake = R"lua(
local call, keys, argv = redis.call, KEYS, ARGV
local allowed, reply = 1, {0}
for i = 1, #keys do
  local ahead = call('PTTL', keys[i])
  if ahead < 0 then ahead = 0 end
  if ahead > argv[2 * i] + 0 then allowed = 0 end
  reply[i] = ahead
end
for i = 1, allowed * #keys do
  call('SET', keys[i], '', 'PX', reply[i] + argv[2 * i - 1])
end
return reply
)lua";

/// KEYS as above, ARGV: the interval of each. A time in the past deletes the key.
constexpr const char* kGiveBack = R"lua(
for i = 1, #KEYS do
  redis.call('PEXPIRE', KEYS[i], redis.call('PTTL', KEYS[i]) - ARGV[i])
end
return 1
)lua";

}  // namespace

RedisLimiter::RedisLimiter(redis::Store& store) : store_(store), take_(kTake), give_back_(kGiveBack) {}

std::string RedisLimiter::key_of(const Use& use) {
  return fmt::format("bigocean:limit:{{{}}}:{}", use.subject, use.limit.name);
}

TakeResult RedisLimiter::take(std::span<const Use> uses) {
  std::vector<std::string> keys, arguments;
  for (const Use& use : uses) {
    keys.push_back(key_of(use));
    arguments.push_back(std::to_string(use.limit.interval().count()));
    arguments.push_back(std::to_string((use.limit.burst() - use.limit.interval()).count()));
  }
  const auto reply = store_.run(take_, keys, arguments);
  if (reply.elements.size() != uses.size()) {
    throw base::Error(base::ExitCode::kInternal,
                      "the script of the rate limits returned an unexpected reply");
  }
  std::vector<milliseconds> ahead;
  for (const auto& element : reply.elements) ahead.emplace_back(element.integer);
  return result_of(uses, ahead);
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
