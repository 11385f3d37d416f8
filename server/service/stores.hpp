// PostgreSQL and Redis as the service holds them.
#pragma once

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "redis/store.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server {

/// Opens nothing before it is asked to. `closing` is raised when nobody needs an answer any more: whatever
/// still waits for a server then gives up at once.
struct Stores {
  explicit Stores(const config::Settings& settings);

  base::Interrupt closing;
  sql::Database database;
  redis::Store redis;
};

}  // namespace bigocean::server
