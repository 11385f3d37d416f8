// bigocean check-db: is the database reachable and fit to go on? With --deep: what will cause trouble later?
#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "cli/check/check_run.hpp"
#include "cli/check/deep_flags.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "server/observe/traced_command.hpp"
#include "sql/check/check.hpp"

namespace bigocean::cli {
namespace {

const DeepIds& deep_ids_of_database() {
  static const DeepIds ids(sql::check_ids(), sql::deep_check_ids(),
                           [](std::string_view id) { return sql::explain_check(id, {}, {}).has_value(); });
  return ids;
}

}  // namespace

void add_check_db(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand(
      "check-db",
      "Checks that PostgreSQL is reachable and fit. It connects as the "
      "service would, names the stage that fails "
      "(name, TCP, TLS, password, database), then looks at version, "
      "encoding, privileges, headroom, and what makes migrations wait. With --deep it goes on with indexes, "
      "bloat, vacuum, slow statements, replication and settings. It changes nothing.");
  auto flags = std::make_shared<CheckFlags>();
  auto deep = std::make_shared<DeepFlags>();
  const bool describes_deep = DeepFlags::described(invocation);
  add_check_flags(*app, *flags, describes_deep ? deep_ids_of_database().all : sql::check_ids());
  if (describes_deep) add_deep_flags(*app, invocation, *deep, deep_ids_of_database());
  add_setting(*app, invocation, "--timeout", "database.connect_timeout");
  add_setting(*app, invocation, "--statement-timeout", "database.statement_timeout");
  add_setting(*app, invocation, "--version-min", "database.version_min");
  app->footer(
      exit_codes_footer({0, 2, 7, 10, 130, 143},
                        "DATABASE_URL=postgresql://app:secret@db:5432/app bigocean check-db --wait 1m"));
  app->callback([flags, deep, describes_deep, &invocation] {
    if (describes_deep) require_deep(*flags, *deep, deep_ids_of_database().deep);
    if (!deep->explain.empty()) {
      invocation.run = [deep](const config::Loaded& loaded) {
        return print_explanation(*sql::explain_check(deep->explain, deep->thresholds, loaded.settings),
                                 "SQL");
      };
      return;
    }
    invocation.requirements = {config::kDatabaseUrl};
    invocation.run = [flags, deep](const config::Loaded& loaded) {
      const sql::DeepOptions options{deep->thresholds, flags->policy.only,
                                     loaded.settings.database.statement_timeout};
      return server::observe::run_traced(loaded.settings, "check-db", [&] {
        return run_check(*flags, [&](const base::Interrupt& interrupt) {
          return sql::check(loaded.settings, &interrupt, deep->deep ? &options : nullptr);
        });
      });
    };
  });
}

}  // namespace bigocean::cli
