// A whole rehearsal: servers, edge, load, one deploy after the other, and the verdict.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

struct Options {
  std::string graph_folder;  ///< as scripts/railway-graph fills it
  std::string scenario = "all";
  int deploys = 0;  ///< 0: as many as the scenario has
  int replicas = 2;
  int rate = 1000;  ///< requests a second
  int connections = 16;
  int edge_lag_ms = 0;    ///< see Platform
  int edge_retries = 0;   ///< see Edge
  int pause_seconds = 1;  ///< between two deploys
  int hold_seconds = 0;   ///< of the table that a deploy finds held; 0: until it was refused twice
  std::string route = "/health";
  std::string report_folder;
  // Seconds that take the place of the platform's settings.
  std::optional<int> overlap, draining, healthcheck_timeout;
};

/// `say` gets a line for each deploy as it ends. Faults are in the result; an exception means that the
/// rehearsal itself could not be held.
Rehearsal rehearse(const Options& options, const std::function<void(const std::string&)>& say);

}  // namespace bigocean::rehearse
