// Who may do what how often: in Redis, or in this process while Redis is away.
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

/// What the limits say of one request.
struct Decision {
  bool allowed = true;
  std::string limit;            ///< the one that refuses for longest, else the one that is nearest to its end
  std::int64_t remaining = 0;   ///< of that limit
  milliseconds retry_after{0};  ///< of that limit; 0 when allowed
  milliseconds reset{0};        ///< of that limit: until all of it is there again
  http::Headers headers;        ///< RateLimit-Policy and RateLimit of all limits
};

/// The two headers; durations are whole seconds, rounded up.
http::Headers rate_limit_headers(std::span<const Use> uses, const Decision& decision);

/// Whom an address stands for: an IPv6 client owns its whole /64, so that is what counts.
std::string subject_of_address(std::string_view address);

/// The network that a site is given: an IPv6 /48, which holds 65,536 /64s, or an IPv4 /24.
std::string subject_of_network(std::string_view address);

/// Thread-safe. Never throws because Redis is away: then this process counts for itself, from zero, and
/// forgets that when Redis is back. That is said once in the log, and in the metrics as long as it lasts.
class RateLimits {
 public:
  /// `store`, `log` and `counters` must outlive this. Without a redis.url it is memory alone.
  RateLimits(redis::Store& store, const product::Settings::Limits& limits, base::Logger& log,
             Counters& counters);

  /// What to take for each of the product's acts. An `address` is given for those who have no account: it
  /// counts besides the user, who could be a new one each time, and a new assessment in its network, too. No
  /// user: the address alone.
  std::vector<Use> new_assessment(const std::optional<std::string>& user_id,
                                  const std::optional<std::string>& address) const;
  std::vector<Use> resume(const std::string& user_id) const;
  std::vector<Use> message(const std::string& user_id, const std::optional<std::string>& address) const;

  /// Takes one of each, or nothing.
  Decision take(std::span<const Use> uses);
  /// For an act that was allowed and then did not come about. Best effort.
  void give_back(std::span<const Use> uses);

 private:
  std::optional<Decision> take_in_redis(std::span<const Use> uses);
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
