// bigocean check-redis: is Redis reachable and fit to go on?
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/check/check_run.hpp"
#include "cli/check/redis_rows.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "redis/check.hpp"

namespace bigocean::cli {

void add_check_redis(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand("check-redis",
                                      "Checks that Redis is reachable and fit. It connects as the service "
                                      "would, names the stage that fails (name, "
                                      "TCP, TLS, password, PING), then looks at version, role, writing, "
                                      "scripts, memory and persistence. It writes "
                                      "one key of its own, `bigocean:check:…`, and removes it.");
  auto flags = std::make_shared<CheckFlags>();
  add_check_flags(*app, *flags, redis::check_ids(redis_rows()));
  add_setting(*app, invocation, "--timeout", "redis.connect_timeout");
  add_setting(*app, invocation, "--command-timeout", "redis.command_timeout");
  add_setting(*app, invocation, "--version-min", "redis.version_min");
  app->footer(exit_codes_footer(
      {0, 2, 7, 10, 130, 143}, "REDIS_URL=redis://default:secret@cache:6379 bigocean check-redis --wait 1m"));
  app->callback([flags, &invocation] {
    invocation.requirements = {config::kRedisUrl};
    invocation.run = [flags](const config::Loaded& loaded) {
      return run_check(*flags, [&](const base::Interrupt& interrupt) {
        return redis::check(loaded.settings, &interrupt, redis_rows());
      });
    };
  });
}

}  // namespace bigocean::cli
