// bigocean migrate and its subcommands: options in, exit code out.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/migrate/actions.hpp"
#include "cli/migrate/lint.hpp"
#include "cli/migrate/report.hpp"

namespace bigocean::cli {
namespace {

/// What is thrown here is printed by main.cpp; reported it is after that, for the user waits for the one
/// only.
int run_reported(Invocation& invocation, const MigrateFlags& flags, const std::string& command,
                 const Action& action, const config::Settings& settings) {
  if (!settings.sentry.dsn.empty() && !flags.dry_run) {
    invocation.after_failure = [settings, command](const std::exception& error) {
      report_failed_migrate(settings, command, error);
    };
  }
  return run_action(flags, command, action, settings);
}

class Builder {
 public:
  Builder(CLI::App& migrate, Invocation& invocation, std::shared_ptr<MigrateFlags> flags)
      : migrate_(migrate), invocation_(invocation), flags_(std::move(flags)) {}

  void add(const std::string& name, const std::string& description, Action action,
           std::initializer_list<int> codes, const std::string& example,
           const std::function<void(CLI::App&)>& add_options = {}) {
    if (!invocation_.describes(name)) return;
    CLI::App* app =
        migrate_.add_subcommand(name, description + " Takes the options of `bigocean migrate` too.");
    app->fallthrough();
    app->footer(exit_codes_footer(codes, example));
    on_call(*app, name, std::move(action));
    if (add_options) add_options(*app);
  }

  void on_call(CLI::App& app, const std::string& name, Action action) {
    app.callback([this_flags = flags_, &invocation = invocation_, name, action = std::move(action)] {
      invocation.run = [this_flags, name, action, &invocation](const config::Loaded& loaded) {
        return run_reported(invocation, *this_flags, name, action, loaded.settings);
      };
    });
  }

 private:
  CLI::App& migrate_;
  Invocation& invocation_;
  std::shared_ptr<MigrateFlags> flags_;
};

/// `--to "$VERSION"` with nothing in the variable must not mean "everything".
const CLI::Validator& not_empty() {
  static const CLI::Validator validator(
      [](const std::string& text) { return std::string(text.empty() ? "wants a version or a name" : ""); },
      "");
  return validator;
}

void add_common_options(CLI::App& app, Invocation& invocation, MigrateFlags& flags) {
  add_setting(app, invocation, "--dir", "migrate.dir");
  add_setting(app, invocation, "--format", "migrate.format");
  add_setting(app, invocation, "--schema", "migrate.schema");
  add_setting(app, invocation, "--deadline", "migrate.deadline");
  add_setting(app, invocation, "--wait", "migrate.wait");
  add_setting(app, invocation, "--lock-timeout", "migrate.lock_timeout");
  add_setting(app, invocation, "--statement-timeout", "migrate.statement_timeout");
  add_setting(app, invocation, "--strict-order", "migrate.strict_order");
  add_setting(app, invocation, "--no-ahead", "migrate.no_ahead");
  add_setting(app, invocation, "--session-pooler", "migrate.session_pooler");
  app.add_option("--to", flags.to, "Stop after this version or name (up, plan)")
      ->type_name("VERSION")
      ->check(not_empty());
  app.add_option("--dump", flags.drift.dump_file, "Write the schema to this file afterwards (up)")
      ->type_name("FILE");
  app.add_flag("--dry-run", flags.dry_run, "Show what would run, and run nothing");
  app.add_flag("--allow-unsafe", flags.allow_unsafe, "Apply also what lint calls an error (up)");
  app.add_flag("--json", flags.json, "One JSON document on standard output; progress goes to standard error");
  app.add_flag("--quiet", flags.quiet, "Only warnings and errors");
  app.add_flag("--verbose", flags.verbose,
               "A line for every file begun and every statement of a file outside a transaction");
}

}  // namespace

void add_migrate(CLI::App& root, Invocation& invocation) {
  CLI::App* migrate = root.add_subcommand("migrate",
                                          "Applies pending migrations. Safe as a deploy hook: one runs at a "
                                          "time, a file and its history row are one "
                                          "transaction, a held table lock is waited for briefly and tried "
                                          "again, and whatever kills it, the next run goes on. "
                                          "Without a subcommand it does `up`.");
  auto flags = std::make_shared<MigrateFlags>();
  add_common_options(*migrate, invocation, *flags);
  migrate->require_subcommand(0, 1);
  migrate->footer(exit_codes_footer({0, 2, 4, 5, 6, 7, 8, 9, 130, 143},
                                    "bigocean migrate --dir db/migrations --wait 60s"));

  Builder builder(*migrate, invocation, flags);
  invocation.run = nullptr;
  migrate->callback([migrate, flags, &invocation] {
    if (!migrate->get_subcommands().empty()) return;
    invocation.run = [flags, &invocation](const config::Loaded& loaded) {
      return run_reported(invocation, *flags, "up", run_up, loaded.settings);
    };
  });
  builder.add("up", "Applies pending migrations; the default.", run_up, {0, 2, 4, 5, 6, 7, 8, 9, 130, 143},
              "bigocean migrate up --to 20260130120000");
  builder.add("plan",
              "Shows what `up` would do: locks, the tables' sizes and traffic, who is in the way, an "
              "estimate and a verdict for each file.",
              show_plan, {0, 2, 5, 6, 7, 9}, "bigocean migrate plan --rehearse", [&](CLI::App& plan) {
                plan.add_flag("--rehearse", flags->rehearse,
                              "Run the pending files in one transaction, roll it back, and show the locks "
                              "that were taken; others wait for these meanwhile");
              });
  if (invocation.describes("lint")) add_migrate_lint(*migrate, invocation, {flags, &flags->json});
  builder.add("status", "Lists every migration with its state.", run_status, {0, 2, 3, 6, 7},
              "bigocean migrate status --check", [&](CLI::App& status) {
                status.add_flag(
                    "--check", flags->check,
                    "Exit 3 when something is pending, 6 when something is edited or half applied");
              });
  builder.add("down", "Takes back the newest migrations by their down parts.", run_down,
              {0, 2, 4, 5, 6, 7, 9, 130, 143}, "bigocean migrate down --steps 1", [&](CLI::App& down) {
                auto* steps = down.add_option("--steps", flags->steps, "How many")
                                  ->check(CLI::PositiveNumber)
                                  ->type_name("N")
                                  ->capture_default_str();
                down.add_option("--to", flags->down_to, "Take back everything after this version or name")
                    ->type_name("VERSION")
                    ->check(not_empty())
                    ->excludes(steps);
                down.add_flag("--yes", flags->yes, "Go on where data is dropped or a down part is missing");
              });
  builder.add("redo", "Takes back the newest migration and applies it again.", run_redo,
              {0, 2, 4, 5, 6, 7, 9, 130, 143}, "bigocean migrate redo --yes",
              [&](CLI::App& redo) { redo.add_flag("--yes", flags->yes, "Go on where data is dropped"); });
  builder.add("verify", "Compares every applied migration with the file here, and shows what differs.",
              run_verify, {0, 2, 6, 7}, "bigocean migrate verify");
  builder.add(
      "bless", "Accepts the text of one edited file; who, when and why are kept.", run_bless, {0, 2, 4, 6, 7},
      "bigocean migrate bless 20260130120000_create_users --reason \"comment corrected\"",
      [&](CLI::App& bless) {
        bless.add_option("FILE", flags->name, "Version, name or file name")->required();
        bless.add_option("--reason", flags->reason, "Why this is right")->required()->type_name("TEXT");
      });
  builder.add("baseline", "Records everything up to a version as applied, without running it.", run_baseline,
              {0, 2, 4, 6, 7}, "bigocean migrate baseline 20260130120000", [&](CLI::App& baseline) {
                baseline.add_option("VERSION", flags->version, "Version or name")->required();
              });
  builder.add("adopt",
              "Takes over what dbmate, golang-migrate, goose, Flyway, sqlx, drizzle, Prisma, "
              "diesel or node-pg-migrate has applied: shows it, and with --apply records it.",
              run_adopt, {0, 2, 4, 6, 7}, "bigocean migrate adopt --dir db/migrations --apply",
              [&](CLI::App& adopt) {
                adopt.add_flag("--apply", flags->apply, "Record it; without, nothing is written");
                adopt
                    .add_option("--table", flags->table,
                                "The other tool's history, where it has another name than usual")
                    ->type_name("SCHEMA.NAME")
                    ->check(not_empty());
              });
  builder.add("resolve", "Decides an interrupted statement that nobody can prove.", run_resolve,
              {0, 2, 4, 6, 7}, "bigocean migrate resolve 20260130120000_backfill --again",
              [&](CLI::App& resolve) {
                resolve.add_option("FILE", flags->name, "Version, name or file name")->required();
                resolve.add_flag("--done", flags->done, "It took effect");
                resolve.add_flag("--again", flags->again, "Run it once more");
              });
  builder.add("drift",
              "Compares the database with what its applied migrations make in a scratch database. The "
              "scratch database is made on the same server and always dropped.",
              run_drift, {0, 2, 5, 6, 7, 130, 143}, "bigocean migrate drift --ignore 'public.audit_*'",
              [&](CLI::App& drift) { add_drift_options(drift, invocation, flags->drift); });
  builder.add("dump", "Writes the schema as SQL, always the same text for the same schema.", run_dump,
              {0, 2, 5, 7, 130, 143}, "bigocean migrate dump --output schema.sql", [&](CLI::App& dump) {
                dump.add_option("--output", flags->drift.dump_file, "Where to; - is standard output")
                    ->type_name("FILE");
              });
  if (!invocation.describes("new")) return;
  CLI::App* make =
      migrate->add_subcommand("new", "Makes an empty migration file, in the folder's own format.");
  make->fallthrough();
  make->add_option("NAME", flags->name, "What it does: verb_noun")->required();
  make->footer(exit_codes_footer({0, 2}, "bigocean migrate new add_email_to_users --dir db/migrations"));
  make->callback([flags, &invocation] {
    invocation.run = [flags](const config::Loaded& loaded) { return run_new(*flags, loaded.settings); };
  });
}

}  // namespace bigocean::cli
