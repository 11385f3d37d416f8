// What /ready asks of the things that the service depends on.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bigocean::server {

enum class ProbeStatus { kPass, kWarn, kFail };

/// One dependency as it was seen. `output` says why it is not a pass; free of secrets.
struct Finding {
  std::string name;
  ProbeStatus status = ProbeStatus::kFail;
  std::string output;
  std::optional<std::chrono::microseconds> elapsed;
};

/// Looks at one server; several findings when one connection tells several things. `run` is called from one
/// thread at a time, takes a limited time, returns a finding for each of `names`, and may throw base::Error,
/// which fails all of them.
struct Probe {
  std::vector<std::string> names;
  std::function<std::vector<Finding>()> run;
  /// The service can do without for a while: once it has been ready, a failure is a warning.
  bool spared = false;
};

}  // namespace bigocean::server
