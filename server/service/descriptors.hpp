// Fits the limits of serve to the descriptors that the process may have.
#pragma once

#include <sys/resource.h>
#include <cstdint>

#include "base/log.hpp"
#include "config/settings.hpp"

namespace bigocean::server {

/// How the descriptors of a process are shared out.
struct DescriptorShares {
  std::int64_t connections_max = 0;  ///< of clients
  std::int64_t waiting_max = 0;      ///< requests that wait for a model, each over a connection of its own
  std::int64_t needed = 0;           ///< descriptors for all that the settings ask for
};

/// What of server.connections_max and server.waiting_max fits into `allowed` descriptors, beside both pools
/// and what the process itself needs. Where not all fits, both get the same part of what is left, and each at
/// least one.
DescriptorShares share_descriptors(const config::Settings& settings, std::int64_t allowed);

/// Raises the soft limit of open files as far as the settings need it and the hard limit lets it, and lowers
/// both settings to what then fits, which is said in the log.
void fit_to_descriptors(config::Settings& settings, base::Logger& log);

}  // namespace bigocean::server
