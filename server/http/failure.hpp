// A failure inside the service, as it is reported.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log_trail.hpp"

namespace bigocean::server {

/// Contains nothing that a user wrote: no path, no query, no body.
struct Failure {
  std::string type;     ///< "std::runtime_error"
  std::string message;  ///< one line
  std::string place;    ///< "POST /rpc/SendMessage": method and route, or the background task
  std::vector<std::pair<std::string, std::string>> tags{};
  std::string trace_id{};        ///< W3C, if the request had one
  std::string parent_span_id{};  ///< likewise
  std::vector<base::LogLine> trail{};
  /// Failures with the same cause share a group and are reported at intervals, not one by one. Empty: no
  /// group.
  std::string group{};
};

/// Must neither block nor throw; called from any thread.
using FailureHook = std::function<void(Failure)>;

/// What a failure means for the client.
struct Prospect {
  bool transient = false;  ///< 503: the same request may succeed later
  std::optional<std::chrono::milliseconds> retry_after{};
  /// Whether to report it: a bug of the service, or a store that needs an operator. An unreachable store is
  /// shown by /ready and the log instead.
  bool is_news = true;
};
Prospect prospect_of(const std::exception& error);

/// Type and message of an exception. Only the first line of the message is kept: libraries and servers put
/// details such as a row's values after it. Values that PostgreSQL quotes in data errors are replaced.
Failure failure_of(const std::exception& error);

}  // namespace bigocean::server
