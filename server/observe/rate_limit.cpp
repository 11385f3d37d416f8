// Reads Sentry's rate limits.
#include "server/observe/rate_limit.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "server/http/retry_after.hpp"

namespace bigocean::server::observe {
namespace {

using std::chrono::seconds;

constexpr seconds kUsual{60};  ///< where a limit does not say how long

/// Removes the part before `separator` from the front of `text` and returns it.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = base::trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// One limit, "60:error;transaction:organization:reason"; no categories means all of them.
std::optional<seconds> pause_of(std::string_view limit) {
  const auto duration = take(limit, ':');
  auto categories = take(limit, ':');
  bool concerns_errors = categories.empty();
  while (!categories.empty()) concerns_errors |= take(categories, ';') == "error";
  if (!concerns_errors) return std::nullopt;
  const auto given = http::parse_seconds(duration);
  return given ? std::chrono::ceil<seconds>(*given) : kUsual;
}

}  // namespace

std::optional<seconds> pause_for_errors(int status, const http::Headers& headers,
                                        std::chrono::system_clock::time_point now) {
  std::optional<seconds> longest;
  for (const auto& [name, value] : headers) {
    if (!base::equals_ignoring_case(name, "X-Sentry-Rate-Limits")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto limit = take(rest, ',');
      if (limit.empty()) continue;
      if (const auto pause = pause_of(limit)) longest = std::max(longest.value_or(seconds{0}), *pause);
    }
  }
  if (longest || status != 429) return longest;
  const auto retry_after = http::find_header(headers, "Retry-After");
  const auto pause = retry_after ? http::parse_retry_after(*retry_after, now) : std::nullopt;
  return pause ? std::chrono::ceil<seconds>(*pause) : kUsual;
}

}  // namespace bigocean::server::observe
