// The Retry-After header: read as a duration, written from a reply.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::server::http {

struct Reply;

/// "60", also "0.5": to the millisecond, at most 30 days. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

/// Seconds or an HTTP date; at most 30 days, a date that is past is 0. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                           std::chrono::system_clock::time_point now);

/// The value of Retry-After, in whole seconds and at least one; empty where none is due. The header is
/// written from this and from nowhere else.
std::string retry_after_of(const Reply& reply);

}  // namespace bigocean::server::http
