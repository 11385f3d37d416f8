// The commands of the whole program: the toolkit's, and those of the product.
#include <array>

#include "cli/check/redis_rows.hpp"
#include "cli/command.hpp"
#include "cli/product/commands.hpp"
#include "server/product/budget/redis_row.hpp"

namespace bigocean::cli {

std::span<const Subcommand> subcommands() {
  static constexpr Subcommand kAll[] = {
      {"serve", add_serve},       {"migrate", add_migrate},         {"budget", add_budget},
      {"check-db", add_check_db}, {"check-redis", add_check_redis}, {"healthcheck", add_healthcheck},
      {"config", add_config},     {"completion", add_completion}};
  return kAll;
}

std::string_view summary() {
  return "Takes a PostgreSQL- and Redis-backed service from a commit to a healthy deployment, and then runs "
         "that service.";
}

std::span<const redis::ServiceRow> redis_rows() {
  static const std::array all{server::budget::cost_today_row()};
  return all;
}

}  // namespace bigocean::cli
