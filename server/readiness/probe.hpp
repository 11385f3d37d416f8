// The probes of the service's dependencies, for /ready.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bigocean::server {

enum class ProbeStatus { kPass, kWarn, kFail };

/// The state of one dependency. `output` says why it did not pass, and contains no secret.
struct Finding {
  std::string name;
  ProbeStatus status = ProbeStatus::kFail;
  std::string output;
  std::optional<std::chrono::microseconds> elapsed;
};

/// Checks one server, with several findings if one connection yields them. `run` is called from one thread at
/// a time, takes a limited time, and returns a finding for each of `names`. It may throw base::Error, which
/// fails all of them.
struct Probe {
  std::vector<std::string> names;
  std::function<std::vector<Finding>()> run;
  /// The service can work without this dependency for a while: once it has been ready, a failure is a
  /// warning.
  bool spared = false;
};

}  // namespace bigocean::server
