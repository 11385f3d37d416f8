// The checks of `healthcheck`: whether a running service is healthy, seen from outside.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/interrupt.hpp"

namespace bigocean::server {

struct HealthRequest {
  std::string url;  ///< http or https; without a path, /health or /ready is requested
  bool ready = false;
  std::chrono::milliseconds timeout{};  ///< of each request as a whole
  std::optional<std::chrono::milliseconds> latency_max;
  int count = 1;                               ///< how many requests are sent
  std::string commit;                          ///< the expected build; accept() only
  const base::Interrupt* interrupt = nullptr;  ///< may be null; checked between requests
};

/// Requests `request.url` and expects status 200 and the body of a healthy service. Rows: "health",
/// "latency". Throws base::Error: kUsage for an invalid URL, 130/143 on a signal.
base::CheckReport check_health(const HealthRequest& request);

/// The acceptance check of a deployment: all rows of health_check_ids(). The path of the URL is ignored.
/// Throws like check_health().
base::CheckReport accept(const HealthRequest& request);

/// The id of every row that either can report, in order.
std::span<const std::string_view> health_check_ids();

}  // namespace bigocean::server
