// bigocean check-db: is the database reachable and fit to go on?
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/check/check_run.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "sql/check/check.hpp"

namespace bigocean::cli {

void add_check_db(CLI::App& root, Invocation& invocation) {
  CLI::App* app = root.add_subcommand(
      "check-db",
      "Checks that PostgreSQL is reachable and fit. It connects as the "
      "service would, names the stage that fails "
      "(name, TCP, TLS, password, database), then looks at version, "
      "encoding, privileges, headroom, and what makes migrations wait. It changes nothing.");
  auto flags = std::make_shared<CheckFlags>();
  add_check_flags(*app, *flags, sql::check_ids());
  add_setting(*app, invocation, "--timeout", "database.connect_timeout");
  add_setting(*app, invocation, "--statement-timeout", "database.statement_timeout");
  add_setting(*app, invocation, "--version-min", "database.version_min");
  app->footer(
      exit_codes_footer({0, 2, 7, 10, 130, 143},
                        "DATABASE_URL=postgresql://app:secret@db:5432/app bigocean check-db --wait 1m"));
  app->callback([flags, &invocation] {
    invocation.requirements = {config::kDatabaseUrl};
    invocation.run = [flags](const config::Loaded& loaded) {
      return run_check(
          *flags, [&](const base::Interrupt& interrupt) { return sql::check(loaded.settings, &interrupt); });
    };
  });
}

}  // namespace bigocean::cli
