// The probes of PostgreSQL with its schema, and of Redis.
#pragma once

#include <vector>

#include "config/settings.hpp"
#include "server/readiness/probe.hpp"
#include "server/service/stores.hpp"

namespace bigocean::server {

/// "postgres" and "schema" use one connection of PostgreSQL's pool, "redis" one of Redis's: readiness means
/// that a request could get one, too. `stores` and `settings` must outlive the probes.
std::vector<Probe> make_probes(Stores& stores, const config::Settings& settings);

}  // namespace bigocean::server
