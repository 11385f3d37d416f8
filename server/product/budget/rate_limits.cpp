// Chooses between Redis and memory, and writes the headers.
#include "server/product/budget/rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/http/client_address.hpp"

namespace bigocean::server::budget {
namespace {

/// Pause between attempts to reach Redis, because a request that tries waits for a connection.
constexpr std::chrono::milliseconds kLimiterPause{1000};

constexpr std::chrono::seconds kMinute{60};
constexpr std::chrono::seconds kDay{24 * 60 * 60};
constexpr std::chrono::seconds kWeek{7 * 24 * 60 * 60};

std::int64_t seconds_up(milliseconds time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

std::string subject_of_user(const std::string& user_id) { return "user:" + user_id; }

/// The limit to report: the one that refuses for the longest time, else the one with the least left.
std::size_t deciding(const TakeResult& result) {
  const auto& all = result.standing;
  const auto found = std::ranges::min_element(all, [&](const Standing& a, const Standing& b) {
    return result.allowed ? a.remaining < b.remaining : a.retry_after > b.retry_after;
  });
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

http::Headers rate_limit_headers(std::span<const Use> uses, const TakeResult& result) {
  std::string policy, state;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto& [limit, subject] = uses[i];
    const Standing& standing = result.standing[i];
    const std::string_view comma = i == 0 ? "" : ", ";
    fmt::format_to(std::back_inserter(policy), "{}\"{}\";q={};w={}", comma, limit.name, limit.quota,
                   limit.window.count());
    fmt::format_to(std::back_inserter(state), "{}\"{}\";r={};t={}", comma, limit.name, standing.remaining,
                   seconds_up(standing.reset));
  }
  http::Headers headers;
  if (uses.empty()) return headers;
  headers.reserve(2);
  headers.emplace_back("RateLimit-Policy", policy);
  headers.emplace_back("RateLimit", state);
  return headers;
}

std::string subject_of_address(std::string_view address) { return "address:" + http::owner_of(address); }

std::string subject_of_network(std::string_view address) {
  return "network:" + http::network_of(address, 24, 48);
}

RateLimits::RateLimits(redis::Store& store, const product::Settings::Limits& limits, base::Logger& log,
                       Counters& counters)
    : limits_(limits),
      has_redis_(store.is_configured()),
      log_(log),
      counters_(counters),
      breaker_(kLimiterPause),
      redis_(store),
      memory_(static_cast<std::size_t>(limits.memory_keys_max)) {
  if (has_redis_) return;
  counters_.limits_in_memory = true;
  log_.warn("rate limits are counted in this process only, because REDIS_URL is not set");
}

std::vector<Use> RateLimits::new_assessment(const std::optional<std::string>& user_id,
                                            const std::optional<std::string>& address) const {
  std::vector<Use> uses;
  if (user_id)
    uses.push_back({{"assessments", limits_.assessments_per_user_day, kDay}, subject_of_user(*user_id)});
  if (address) {
    uses.push_back({{"assessments-by-address", limits_.assessments_per_address_day, kDay},
                    subject_of_address(*address)});
    uses.push_back({{"assessments-by-network", limits_.assessments_per_network_day, kDay},
                    subject_of_network(*address)});
  }
  return uses;
}

std::vector<Use> RateLimits::resume(const std::string& user_id) const {
  return {{{"resumes", limits_.resumes_per_user_week, kWeek}, subject_of_user(user_id)}};
}

std::vector<Use> RateLimits::message(const std::string& user_id,
                                     const std::optional<std::string>& address) const {
  std::vector<Use> uses{{{"messages", limits_.messages_per_user_minute, kMinute}, subject_of_user(user_id)}};
  if (address) {
    uses.push_back({{"messages-by-address", limits_.messages_per_address_minute, kMinute},
                    subject_of_address(*address)});
  }
  return uses;
}

Decision RateLimits::take(std::span<const Use> uses) {
  if (uses.empty()) return {};
  auto result = take_in_redis(uses);
  if (!result) result = memory_.take(uses);
  if (!result->allowed) ++counters_.limited;
  const auto place = deciding(*result);
  const Standing& standing = result->standing[place];
  return {.allowed = result->allowed,
          .limit = uses[place].limit.name,
          .remaining = standing.remaining,
          .retry_after = standing.retry_after,
          .reset = standing.reset,
          .headers = rate_limit_headers(uses, *result)};
}

void RateLimits::give_back(std::span<const Use> uses) {
  if (uses.empty()) return;
  memory_.give_back(uses);  // no effect on limits that were not taken here
  if (!has_redis_ || breaker_.away()) return;
  try {
    redis_.give_back(uses);
  } catch (const base::Error& error) {
    if (is_the_end(error)) throw;
    went_away(error.message);
  }
}

std::optional<TakeResult> RateLimits::take_in_redis(std::span<const Use> uses) {
  if (!has_redis_ || !breaker_.may_try()) return std::nullopt;
  try {
    auto result = redis_.take(uses);
    came_back();
    return result;
  } catch (const base::Error& error) {
    if (is_the_end(error)) throw;
    went_away(error.message);
    return std::nullopt;
  }
}

void RateLimits::went_away(std::string_view why) {
  if (!breaker_.failed()) return;
  ++counters_.limits_fallbacks;
  counters_.limits_in_memory = true;
  log_.warn("rate limits are counted in this process only, because Redis is unreachable", {{"why", why}});
}

void RateLimits::came_back() {
  if (!breaker_.succeeded()) return;
  memory_.clear();
  counters_.limits_in_memory = false;
  log_.info("rate limits are counted in Redis again");
}

}  // namespace bigocean::server::budget
