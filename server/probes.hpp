// The real probes: PostgreSQL with its schema, and Redis.
#pragma once

#include <vector>

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "server/probe.hpp"

namespace bigocean::server {

/// "postgres" and "schema" over one connection, "redis" over another, both kept between looks. `settings` and
/// `interrupt` (may be null) must outlive the probes.
std::vector<Probe> make_probes(const config::Settings& settings, const base::Interrupt* interrupt);

}  // namespace bigocean::server
