// What operators ask of a running service: its state as JSON, and its checks.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "server/http/message.hpp"
#include "server/readiness/readiness.hpp"

namespace bigocean::server {

/// Where the state comes from that the service does not hold in memory. Both return JSON without a secret in
/// it, limit their own time, and must be thread-safe.
struct StatusSources {
  std::function<std::string()> migrations;  ///< called only while PostgreSQL works; may throw
  std::function<std::string()> checks;      ///< runs the checks of PostgreSQL and Redis
};

/// How often the checks may be run, by all clients of this process together.
constexpr std::chrono::milliseconds kChecksPause{60'000};

/// GET /status.json and POST /status/checks, both only for the bearer of `token`, which must not be empty.
/// `readiness` and what the sources refer to must outlive the routes.
std::vector<http::Route> status_routes(StatusSources sources, const Readiness& readiness,
                                       const config::Secret& token,
                                       std::chrono::milliseconds checks_pause = kChecksPause);

/// The 401 for a request without "Authorization: Bearer TOKEN"; nothing for one that has it.
std::optional<http::Reply> refuse_stranger(const http::Request& request, const config::Secret& token);

}  // namespace bigocean::server
