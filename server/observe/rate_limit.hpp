// Reads Sentry's rate limits.
#pragma once

#include <chrono>
#include <optional>

#include "server/http/message.hpp"

namespace bigocean::server::observe {

/// How long no error event may be sent after this answer; nothing when there is no limit.
/// X-Sentry-Rate-Limits counts for any status; without it a 429 means Retry-After (seconds or a date), else
/// 60 s. (https://develop.sentry.dev/sdk/expected-features/rate-limiting/)
std::optional<std::chrono::seconds> pause_for_errors(int status, const http::Headers& headers,
                                                     std::chrono::system_clock::time_point now);

}  // namespace bigocean::server::observe
