// Connecting to a server that may still be starting up.
#pragma once

#include <chrono>
#include <functional>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

/// Connects; retries transient failures with growing pauses until `wait` has passed.
/// `on_wait` gets each failure before the pause that follows it, and may throw. Throws the last ConnectError,
/// and what base::throw_if_interrupted does when options.interrupt ends a pause.
Connection connect_waiting(const config::Secret& url, const ConnectOptions& options,
                           std::chrono::milliseconds wait,
                           const std::function<void(const ConnectError&)>& on_wait);

}  // namespace bigocean::sql
