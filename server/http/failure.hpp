// Something of ours that failed, for whoever is told of it.
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

/// Holds nothing that a user wrote: no path, no query, no body.
struct Failure {
  std::string type;     ///< "std::runtime_error"
  std::string message;  ///< one line
  std::string place;    ///< "POST /rpc/SendMessage": method and route, or what ran in the background
  std::vector<std::pair<std::string, std::string>> tags{};
  std::string trace_id{};        ///< W3C, where the request came with them
  std::string parent_span_id{};  ///< likewise
  std::vector<base::LogLine> trail{};
  /// Failures of one cause, whatever they happened to: reported now and then, not one by one. Empty: alone.
  std::string group{};
};

/// Must neither block nor throw; called from any thread.
using FailureHook = std::function<void(Failure)>;

/// What a failure means for whoever asked.
struct Prospect {
  bool transient = false;  ///< 503: the same request may do later
  std::optional<std::chrono::milliseconds> retry_after{};
  /// To be reported: a failure that is ours, or a store that somebody has to look after. One that is away is
  /// told by /ready and the log.
  bool is_news = true;
};
Prospect prospect_of(const std::exception& error);

/// Type and message of an exception. Of the message only the first line: behind it libraries and servers put
/// details such as a row's values. Values that PostgreSQL quotes in data errors are blotted out.
Failure failure_of(const std::exception& error);

}  // namespace bigocean::server
