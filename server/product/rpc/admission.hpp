// How many requests one client may send to the procedures, whatever becomes of them.
#pragma once

#include <functional>
#include <optional>

#include "server/http/message.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::rpc {

/// Answers RateLimitExceeded past limits.requests_per_address_minute; for Route::admit. Counts in this
/// process alone, on the event loop, so that a flood costs neither a thread nor a store. A client that stands
/// for many (a proxy that names none) is not counted. Thread-safe; copies count together.
std::function<std::optional<http::Reply>(const http::Request&)> admission(
    const product::Settings::Limits& settings);

}  // namespace bigocean::server::rpc
