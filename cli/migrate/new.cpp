// bigocean migrate new: makes an empty migration file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/help.hpp"
#include "cli/migrate/options.hpp"
#include "cli/migrate/output.hpp"
#include "cli/migrate/subcommands.hpp"
#include "sql/migrate/formats/new_file.hpp"

namespace bigocean::cli {
namespace {

struct NewFlags : CallFlags {
  std::string name;
};

int run_new(const NewFlags& flags, const config::Settings& settings) {
  if (settings.migrate.dir.empty()) {
    throw base::Error(base::ExitCode::kUsage, "no folder of migrations is set",
                      "bigocean migrate new NAME --dir FOLDER, or set migrate.dir in bigocean.toml");
  }
  const auto path = sql::migrate::make_new_file(settings.migrate.dir, settings.migrate.format, flags.name,
                                                std::chrono::system_clock::now(), flags.dry_run);
  if (flags.json) {
    MigrateDocument document;
    document.command = "new";
    document.dry_run = flags.dry_run;
    document.recorded = {path};
    fmt::print("{}\n", render(document, 0, nullptr));
  } else {
    fmt::print("{}{}\n", flags.dry_run ? "would make " : "", path);
  }
  return 0;
}

}  // namespace

void add_new(CLI::App& migrate, Invocation& invocation) {
  auto& app = *migrate.add_subcommand("new", "Makes an empty migration file, in the folder's own format.");
  const auto flags = std::make_shared<NewFlags>();
  app.add_option("NAME", flags->name, "What it does: verb_noun")->required();
  add_source_options(app, invocation);
  add_dry_run_option(app, *flags);
  add_json_option(app, *flags);
  app.footer(exit_codes_footer({0, 2}, "bigocean migrate new add_email_to_users --dir db/migrations"));
  app.callback([flags, &invocation] {
    invocation.run = [flags](const config::Loaded& loaded) { return run_new(*flags, loaded.settings); };
  });
}

}  // namespace bigocean::cli
