// Limits how many requests one client may send to the procedures, with any outcome.
#pragma once

#include <functional>
#include <optional>

#include "server/http/message.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::rpc {

/// A function for Route::admit that answers RateLimitExceeded above limits.requests_per_address_minute. It
/// counts in this process only, on the event loop, so that a flood uses neither a thread nor a store. An
/// address that many clients share (a proxy that names no client) is not counted. Thread-safe; copies share
/// their counts.
std::function<std::optional<http::Reply>(const http::Request&)> admission(
    const product::Settings::Limits& settings);

}  // namespace bigocean::server::rpc
