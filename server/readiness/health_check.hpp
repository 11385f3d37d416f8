// Is a running service well, as seen from outside? Every check of `healthcheck`.
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
  std::string url;  ///< http or https; without a path it is asked for /health or /ready
  bool ready = false;
  std::chrono::milliseconds timeout{};  ///< of each request as a whole
  std::optional<std::chrono::milliseconds> latency_max;
  int count = 1;                               ///< how often it is asked
  std::string commit;                          ///< which build is expected; accept() only
  const base::Interrupt* interrupt = nullptr;  ///< may be null; looked at between requests
};

/// Asks `request.url` and expects exactly 200 and the body of a healthy service. Rows: "health", "latency".
/// Throws base::Error(kUsage) for a URL that is none, 130/143 on a signal.
base::CheckReport check_health(const HealthRequest& request);

/// The acceptance of a deployment: everything of health_check_ids(), whatever path the URL has.
base::CheckReport accept(const HealthRequest& request);

/// The id of every row that either can report, in order.
std::span<const std::string_view> health_check_ids();

}  // namespace bigocean::server
