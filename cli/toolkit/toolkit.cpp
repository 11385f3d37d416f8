// What `bigocean` without a product is made of: the settings of the toolkit, no migrations of its own, and
// the commands that any service with PostgreSQL and Redis can use.
#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "cli/check/redis_rows.hpp"
#include "cli/command.hpp"
#include "config/setting.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean {
namespace {

/// The folders in which many tools keep migrations. If both exist, neither is used.
void choose_folder(const std::string& working_directory, config::Settings& settings) {
  if (!settings.migrate.dir.empty()) return;
  std::vector<std::string> found;
  for (const char* usual : {"migrations", "db/migrations"}) {
    const auto path = std::filesystem::path(working_directory) / usual;
    std::error_code unreadable;
    if (std::filesystem::is_directory(path, unreadable)) found.push_back(path.lexically_normal().string());
  }
  if (found.size() != 1) return;
  settings.migrate.dir = found.front();
  settings.migrate.dir_is_usual = true;
}

}  // namespace

std::span<const config::Floor> config::floors() {
  static const std::array all{toolkit_floor(), Floor{.rows = {}, .defaults = {}, .complete = choose_folder}};
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
