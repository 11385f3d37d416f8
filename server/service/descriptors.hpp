// Adapts the limits of serve to the number of descriptors that the process may open.
#pragma once

#include <sys/resource.h>
#include <cstdint>

#include "base/log.hpp"
#include "config/settings.hpp"

namespace bigocean::server {

/// How the descriptors of a process are distributed.
struct DescriptorShares {
  std::int64_t connections_max = 0;  ///< of clients
  std::int64_t waiting_max = 0;      ///< requests that wait for a model, each with its own connection
  std::int64_t needed = 0;           ///< descriptors for all that the settings ask for
};

/// How much of server.connections_max and server.waiting_max fits into `allowed` descriptors, besides both
/// pools and the needs of the process itself. If not all fits, both are reduced by the same proportion, to at
/// least one each.
DescriptorShares share_descriptors(const config::Settings& settings, std::int64_t allowed);

/// Raises the soft limit of open files as far as the settings need and the hard limit allows. Lowers both
/// settings to what then fits, and logs that.
void fit_to_descriptors(config::Settings& settings, base::Logger& log);

}  // namespace bigocean::server
