// What `bigocean` without a product is made of: the settings of the toolkit, no migrations of its own, and
// the commands that any service with PostgreSQL and Redis can use.
#include <array>

#include "cli/check/redis_rows.hpp"
#include "cli/command.hpp"
#include "config/setting.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean {

std::span<const config::Floor> config::floors() {
  static const std::array all{toolkit_floor()};
  return all;
}

std::span<const base::EmbeddedFile> sql::embedded_migrations() { return {}; }

std::span<const cli::Subcommand> cli::subcommands() {
  static constexpr Subcommand kAll[] = {{"migrate", add_migrate},         {"check-db", add_check_db},
                                        {"check-redis", add_check_redis}, {"healthcheck", add_healthcheck},
                                        {"config", add_config},           {"completion", add_completion}};
  return kAll;
}

std::string_view cli::summary() {
  return "Takes a PostgreSQL- and Redis-backed service from a commit to a healthy deployment.";
}

std::span<const redis::ServiceRow> cli::redis_rows() { return {}; }

}  // namespace bigocean
