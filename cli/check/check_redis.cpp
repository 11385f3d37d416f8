// bigocean check-redis: is Redis reachable and fit to go on? With --deep: what will cause trouble later?
#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "cli/check/check_run.hpp"
#include "cli/check/deep_flags.hpp"
#include "cli/check/redis_rows.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "redis/check_deep.hpp"
#include "server/observe/traced_command.hpp"

namespace bigocean::cli {
namespace {

const std::vector<std::string_view>& usual_ids_of_redis() {
  static const auto ids = redis::check_ids(redis_rows());
  return ids;
}

const DeepIds& deep_ids_of_redis() {
  static const DeepIds ids(usual_ids_of_redis(), redis::deep_check_ids(),
                           [](std::string_view id) { return redis::explain_check(id, {}).has_value(); });
  return ids;
}

}  // namespace

void add_check_redis(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand(
      "check-redis",
      "Checks that Redis is reachable and fit. It connects as the service "
      "would, names the stage that fails (name, "
      "TCP, TLS, password, PING), then looks at version, role, writing, "
      "scripts, memory and persistence. With --deep it goes on with fragmentation, evictions, slow commands, "
      "large keys and replication. It writes "
      "one key of its own, `bigocean:check:…`, and removes it.");
  auto flags = std::make_shared<CheckFlags>();
  auto deep = std::make_shared<DeepFlags>();
  const bool describes_deep = DeepFlags::described(invocation);
  add_check_flags(*app, *flags, describes_deep ? deep_ids_of_redis().all : usual_ids_of_redis());
  if (describes_deep) add_deep_flags(*app, invocation, *deep, deep_ids_of_redis());
  add_setting(*app, invocation, "--timeout", "redis.connect_timeout");
  add_setting(*app, invocation, "--command-timeout", "redis.command_timeout");
  add_setting(*app, invocation, "--version-min", "redis.version_min");
  app->footer(exit_codes_footer(
      {0, 2, 7, 10, 130, 143}, "REDIS_URL=redis://default:secret@cache:6379 bigocean check-redis --wait 1m"));
  app->callback([flags, deep, describes_deep, &invocation] {
    if (describes_deep) require_deep(*flags, *deep, deep_ids_of_redis().deep);
    if (!deep->explain.empty()) {
      invocation.run = [deep](const config::Loaded&) {
        return print_explanation(*redis::explain_check(deep->explain, deep->thresholds), "Commands");
      };
      return;
    }
    invocation.requirements = {config::kRedisUrl};
    invocation.run = [flags, deep](const config::Loaded& loaded) {
      const redis::DeepOptions options{deep->thresholds, flags->policy.only};
      return server::observe::run_traced(loaded.settings, "check-redis", [&] {
        return run_check(*flags, [&](const base::Interrupt& interrupt) {
          return redis::check(loaded.settings, &interrupt, redis_rows(), deep->deep ? &options : nullptr);
        });
      });
    };
  });
}

}  // namespace bigocean::cli
