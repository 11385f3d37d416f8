// Makes the routes of the procedures from their table.
#pragma once

#include <chrono>
#include <vector>

#include "server/http/message.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::rpc {

/// After this much silence a stream sends a comment, because proxies close connections that are silent for a
/// minute.
constexpr std::chrono::milliseconds kKeepAliveAfter{15'000};

/// POST /rpc/<Procedure> and GET /openapi.json. `backend` must outlive the routes.
std::vector<http::Route> routes(Backend& backend, const product::Settings& settings,
                                std::chrono::milliseconds keep_alive_after = kKeepAliveAfter);

}  // namespace bigocean::server::rpc
