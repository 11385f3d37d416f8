// Limits how many requests one client may send to the procedures, with any outcome.
#include "server/product/rpc/admission.hpp"

#include <array>
#include <memory>

#include "server/product/budget/memory_limiter.hpp"
#include "server/product/budget/rate_limits.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::rpc {
namespace {

constexpr std::chrono::seconds kMinute{60};

http::Reply refusal(const std::array<budget::Use, 1>& uses, const budget::TakeResult& result) {
  const auto& standing = result.standing.front();
  RpcError error(Tag::kRateLimitExceeded, "this address sends too many requests");
  error.headers = budget::rate_limit_headers(uses, result);
  error.retry_after = std::chrono::ceil<std::chrono::seconds>(standing.retry_after);
  error.reset_at = std::chrono::system_clock::now() + standing.retry_after;
  return problem_reply(error);
}

}  // namespace

std::function<std::optional<http::Reply>(const http::Request&)> admission(
    const product::Settings::Limits& settings) {
  const budget::Limit limit{"requests-by-address", settings.requests_per_address_minute, kMinute};
  const auto limiter =
      std::make_shared<budget::MemoryLimiter>(static_cast<std::size_t>(settings.memory_keys_max));
  return [limit, limiter](const http::Request& request) -> std::optional<http::Reply> {
    if (request.client.empty()) return std::nullopt;
    const std::array<budget::Use, 1> uses{budget::Use{limit, request.client}};
    const auto result = limiter->take(uses);
    if (result.allowed) return std::nullopt;
    return refusal(uses, result);
  };
}

}  // namespace bigocean::server::rpc
