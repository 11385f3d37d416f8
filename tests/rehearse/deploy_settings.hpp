// The platform's settings of a deploy, read from railway.json.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bigocean::rehearse {

struct DeploySettings {
  std::vector<std::string> pre_deploy;  ///< empty: none
  std::vector<std::string> start;
  std::string healthcheck_path;
  std::chrono::seconds healthcheck_timeout{300};
  std::chrono::seconds overlap{0};
  std::chrono::seconds draining{0};
};

/// What the file leaves out is as the platform has it: no overlap, no draining, 300 s for the health check.
/// Throws std::runtime_error for what would fail the deploy there: seconds as text, several commands.
DeploySettings read_deploy_settings(const std::string& file);

}  // namespace bigocean::rehearse
