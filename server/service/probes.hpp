// The real probes: PostgreSQL with its schema, and Redis.
#pragma once

#include <vector>

#include "config/settings.hpp"
#include "server/readiness/probe.hpp"
#include "server/service/stores.hpp"

namespace bigocean::server {

/// "postgres" and "schema" over one connection of the pool, "redis" over one of the other: ready means that a
/// request would get one, too. `stores` and `settings` must outlive the probes.
std::vector<Probe> make_probes(Stores& stores, const config::Settings& settings);

}  // namespace bigocean::server
