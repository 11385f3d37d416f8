// The Retry-After header: parsed into a duration, and written for a reply.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::server::http {

struct Reply;

/// Parses "60" or "0.5", to the millisecond, at most 30 days. Nothing for other text.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

/// Parses seconds or an HTTP date; at most 30 days, a past date is 0. Nothing for other text.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                           std::chrono::system_clock::time_point now);

/// The value of Retry-After in whole seconds, at least one; empty when the reply has none. Only this
/// function's result is written to the header.
std::string retry_after_of(const Reply& reply);

}  // namespace bigocean::server::http
