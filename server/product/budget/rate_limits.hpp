// Rate limits, counted in Redis, or in this process while Redis is unreachable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "redis/store.hpp"
#include "server/http/message.hpp"
#include "server/product/budget/breaker.hpp"
#include "server/product/budget/counters.hpp"
#include "server/product/budget/memory_limiter.hpp"
#include "server/product/budget/redis_limiter.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::budget {

/// The decision of the limits on one request.
struct Decision {
  bool allowed = true;
  std::string limit;  ///< the one that refuses for the longest time, else the one with the least left
  std::int64_t remaining = 0;   ///< of that limit
  milliseconds retry_after{0};  ///< of that limit; 0 when allowed
  milliseconds reset{0};        ///< of that limit: until the whole quota is available again
  http::Headers headers;        ///< RateLimit-Policy and RateLimit of all limits
};

/// The two headers; durations are whole seconds, rounded up.
http::Headers rate_limit_headers(std::span<const Use> uses, const TakeResult& result);

/// The subject of an address: an IPv6 client owns a whole /64, so that counts as one.
std::string subject_of_address(std::string_view address);

/// The subject of a site's network: an IPv6 /48, which contains 65,536 /64s, or an IPv4 /24.
std::string subject_of_network(std::string_view address);

/// Thread-safe. Does not throw when Redis is unreachable: then this process counts alone, from zero, and
/// drops these counts when Redis is back. The change is logged once, and shown in the metrics as long as it
/// lasts.
class RateLimits {
 public:
  /// `store`, `log` and `counters` must outlive this. Without redis.url only memory is used.
  RateLimits(redis::Store& store, const product::Settings::Limits& limits, base::Logger& log,
             Counters& counters);

  /// The uses of each action. `address` is set for callers without an account (for a new assessment, also
  /// without an earlier session): it is counted in addition to the user, who could be a new one each time; a
  /// new assessment also counts in its network. Without a user only the address is counted.
  std::vector<Use> new_assessment(const std::optional<std::string>& user_id,
                                  const std::optional<std::string>& address) const;
  std::vector<Use> resume(const std::string& user_id) const;
  std::vector<Use> message(const std::string& user_id, const std::optional<std::string>& address) const;

  /// Takes one of each limit, or none.
  Decision take(std::span<const Use> uses);
  /// Gives back the uses of an allowed action that did not happen. Best effort.
  void give_back(std::span<const Use> uses);

 private:
  std::optional<TakeResult> take_in_redis(std::span<const Use> uses);
  void went_away(std::string_view why);
  void came_back();

  const product::Settings::Limits limits_;
  const bool has_redis_;
  base::Logger& log_;
  Counters& counters_;
  Breaker breaker_;
  RedisLimiter redis_;
  MemoryLimiter memory_;
};

}  // namespace bigocean::server::budget
