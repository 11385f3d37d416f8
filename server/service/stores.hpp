// The service's access to PostgreSQL and Redis.
#pragma once

#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "redis/store.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server {

/// Opens no connection before its first use. When `closing` is raised, at the end of the process, all waits
/// for a server end at once.
struct Stores {
  explicit Stores(const config::Settings& settings);

  base::Interrupt closing;
  sql::Database database;
  redis::Store redis;
};

}  // namespace bigocean::server
