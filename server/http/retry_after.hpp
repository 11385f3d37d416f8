// The Retry-After header as a duration.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace bigocean::server::http {

/// "60", also "0.5": to the millisecond, at most 30 days. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

/// Seconds or an HTTP date; at most 30 days, a date that is past is 0. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                           std::chrono::system_clock::time_point now);

}  // namespace bigocean::server::http
