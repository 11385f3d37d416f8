// bigocean migrate and its subcommands: options in, exit code out.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <future>
#include <iostream>
#include <memory>

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/migrate_adopt.hpp"
#include "cli/migrate_drift.hpp"
#include "cli/migrate_output.hpp"
#include "config/libpq.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/new_file.hpp"
#include "sql/migrate/status.hpp"

namespace bigocean::cli {
namespace {

using base::Error;
using base::ExitCode;
using sql::migrate::Engine;
using sql::migrate::FileState;

struct MigrateFlags {
  bool json = false, quiet = false, verbose = false;
  bool dry_run = false, check = false, yes = false, done = false, again = false, apply = false;
  std::string to, down_to, name, version, reason, table;
  std::size_t steps = 1;
  DriftFlags drift;
};

std::chrono::microseconds elapsed_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

/// What a subcommand's action works with.
struct Call {
  const MigrateFlags& flags;
  const config::Settings& settings;
  Engine& engine;
  MigrateOutput& output;
  MigrateDocument& document;
  const sql::migrate::Format& format;  ///< that the files were read as
  const base::Interrupt& interrupt;
  std::chrono::steady_clock::time_point began;

  std::chrono::microseconds elapsed() const { return elapsed_since(began); }
};
using Action = std::function<int(Call&)>;

bool confirm(const MigrateFlags& flags, const std::string& question) {
  if (flags.yes) return true;
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return false;
  fmt::print(stderr, "{}. Go on? [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  return base::equals_ignoring_case(base::trim(answer), "y") ||
         base::equals_ignoring_case(base::trim(answer), "yes");
}

int show_plan(Call& call) {
  call.document.previews = call.engine.preview(call.flags.to, call.document.report);
  for (const auto& file : call.document.previews) {
    call.output.say(
        fmt::format("pending   {}  {} statement{}, {}; {}; lock_timeout {}{}", file.name, file.statements,
                    file.statements == 1 ? "" : "s", base::format_bytes(file.bytes),
                    file.transaction ? "one transaction" : "statement by statement: " + file.reason,
                    file.lock_timeout, file.out_of_order ? "; older than the newest applied one" : ""));
  }
  call.output.say(call.document.previews.empty() ? "nothing to do"
                                                 : fmt::format("{} pending", call.document.previews.size()));
  return 0;
}

int run_drift(Call& call) {
  call.document.overview = call.engine.status();
  return show_drift(call.settings, *call.document.overview, call.flags.drift, call.output, call.document,
                    call.interrupt);
}

int run_dump(Call& call) {
  return write_dump(call.settings, call.flags.drift, call.flags.json, call.output, call.document,
                    call.interrupt);
}

int run_up(Call& call) {
  if (call.flags.dry_run) return show_plan(call);
  const bool dumps = !call.flags.drift.dump_file.empty();
  if (dumps) check_dump_file(call.flags.drift.dump_file);
  auto& report = call.document.report;
  call.engine.up(call.flags.to, report);
  const auto elapsed = base::format_elapsed(call.elapsed());
  call.output.say(report.files.empty()
                      ? fmt::format("nothing to do: {} applied ({})", report.already_applied, elapsed)
                      : fmt::format("done: {} applied now, {} before ({})", report.files.size(),
                                    report.already_applied, elapsed));
  return dumps ? run_dump(call) : 0;
}

int run_status(Call& call) {
  call.document.overview = call.engine.status();
  const auto& overview = *call.document.overview;
  std::size_t applied = 0, pending = 0, wrong = 0, ahead = 0;
  call.output.say(overview.target);
  for (const auto& file : overview.plan.files) {
    call.output.say(fmt::format("  {:<13} {}{}", file_state_name(file.state), file.name,
                                file.out_of_order ? "  (older than the newest applied one)" : ""));
    applied += file.state == FileState::kApplied ? 1U : 0U;
    pending += file.state == FileState::kPending ? 1U : 0U;
    ahead += file.state == FileState::kAhead ? 1U : 0U;
    wrong += file.state == FileState::kEdited || file.state == FileState::kRunning ||
                     file.state == FileState::kReverting
                 ? 1U
                 : 0U;
  }
  call.output.say(fmt::format("{} applied, {} pending, {} edited or half applied, {} ahead", applied, pending,
                              wrong, ahead));
  if (!call.flags.check) return 0;
  if (wrong > 0 || (ahead > 0 && call.settings.migrate.no_ahead))
    return static_cast<int>(ExitCode::kHistoryConflict);
  return pending > 0 ? static_cast<int>(ExitCode::kNotUpToDate) : 0;
}

sql::migrate::DownOptions down_options(const Call& call) {
  sql::migrate::DownOptions options;
  options.steps = call.flags.steps;
  options.to = call.flags.down_to;
  options.confirm = [&flags = call.flags](const std::string& question) { return confirm(flags, question); };
  return options;
}

int run_down(Call& call) {
  auto& report = call.document.report;
  call.engine.down(down_options(call), report);
  call.output.say(report.files.empty() ? "nothing to take back"
                                       : fmt::format("done: {} taken back ({})", report.files.size(),
                                                     base::format_elapsed(call.elapsed())));
  return 0;
}

int run_redo(Call& call) {
  call.engine.redo(down_options(call), call.document.report);
  call.output.say(call.document.report.files.empty() ? "nothing to redo"
                                                     : "done: taken back and applied again");
  return 0;
}

int run_verify(Call& call) {
  call.document.overview = call.engine.verify();
  call.output.say("every applied migration is as it was applied");
  return 0;
}

int run_bless(Call& call) {
  call.engine.bless(call.flags.name, call.flags.reason);
  call.output.say(fmt::format("accepted {} as it is now; the reason is in the audit table", call.flags.name));
  return 0;
}

int run_baseline(Call& call) {
  call.document.recorded = call.engine.baseline(call.flags.version);
  for (const auto& name : call.document.recorded) call.output.say("recorded  " + name);
  call.output.say(fmt::format("{} recorded as applied, none was run", call.document.recorded.size()));
  return 0;
}

int run_adopt(Call& call) {
  return adopt(call.engine, {call.flags.table, call.format.id, call.flags.apply}, call.output, call.document);
}

int run_resolve(Call& call) {
  if (call.flags.done == call.flags.again) {
    throw Error(ExitCode::kUsage, "say either --done or --again",
                "--done: the statement took effect; --again: run it once more");
  }
  call.engine.resolve(call.flags.name, call.flags.done);
  call.output.say("decided; bigocean migrate goes on from there");
  return 0;
}

/// "2 of 5 applied …" when a run ended early; the error itself comes from main.cpp or the log.
void say_partial(const MigrateDocument& document, MigrateOutput& output) {
  const auto& report = document.report;
  if (report.pending == 0) return;
  std::string names;
  for (const auto& file : report.files) names += (names.empty() ? ": " : ", ") + file.name;
  output.say(fmt::format("stopped: {} of {} done{}", report.files.size(), report.pending, names));
}

/// Our own format is what one expects, and not worth a line.
void tell_format(const sql::migrate::Detection& detection, Loudness loudness, MigrateOutput& output) {
  const bool native = detection.format == &sql::migrate::kNativeFormat;
  if (detection.why.empty() || (native && loudness != Loudness::kVerbose)) return;
  sql::migrate::Event event;
  event.text = fmt::format("format {}: {}", detection.format->name, detection.why);
  output.on(event);
}

int run_action(const MigrateFlags& flags, const std::string& command, const Action& action,
               const config::Settings& settings) {
  if (settings.database.url.empty() && settings.database.unpooled_url.empty()) {
    throw Error(ExitCode::kUsage, "DATABASE_URL is not set",
                "for example: DATABASE_URL=postgresql://user:password@host:5432/database");
  }
  if (settings.migrate.schema.empty())
    throw Error(ExitCode::kUsage, "the schema for the history is empty", "leave --schema out, or name one");
  const auto loudness = flags.quiet     ? Loudness::kQuiet
                        : flags.verbose ? Loudness::kVerbose
                                        : Loudness::kNormal;
  const auto output = make_migrate_output(settings, loudness, flags.json);
  MigrateDocument document;
  document.command = command;
  const auto began = std::chrono::steady_clock::now();
  // Loads while the files are read: each takes a few milliseconds.
  const auto libpq = std::async(std::launch::async, [] { config::libpq(); });
  try {
    const base::Interrupt interrupt;
    auto configured = sql::migrate::read_configured(settings);
    tell_format(configured.detection, loudness, *output);
    Engine engine(settings, std::move(configured.migrations), *output, &interrupt);
    Call call{flags, settings, engine, *output, document, *configured.detection.format, interrupt, began};
    const int code = action(call);
    document.elapsed = elapsed_since(began);
    if (flags.json) fmt::print("{}\n", render(document, code, nullptr));
    return code;
  } catch (const Error& error) {
    document.elapsed = elapsed_since(began);
    say_partial(document, *output);
    if (flags.json) fmt::print("{}\n", render(document, static_cast<int>(error.code), &error));
    std::fflush(stdout);
    if (output->tell_error(error)) return static_cast<int>(error.code);
    throw;
  }
}

int run_new(const MigrateFlags& flags, const config::Settings& settings) {
  if (settings.migrate.dir.empty()) {
    throw Error(ExitCode::kUsage, "which folder? none is set",
                "bigocean migrate new NAME --dir FOLDER, or set migrate.dir in bigocean.toml");
  }
  const auto path = sql::migrate::make_new_file(settings.migrate.dir, settings.migrate.format, flags.name,
                                                std::chrono::system_clock::now());
  if (flags.json) {
    MigrateDocument document;
    document.command = "new";
    document.recorded = {path};
    fmt::print("{}\n", render(document, 0, nullptr));
  } else {
    fmt::print("{}\n", path);
  }
  return 0;
}

class Builder {
 public:
  Builder(CLI::App& migrate, Invocation& invocation, std::shared_ptr<MigrateFlags> flags)
      : migrate_(migrate), invocation_(invocation), flags_(std::move(flags)) {}

  CLI::App& add(const std::string& name, const std::string& description, Action action,
                std::initializer_list<int> codes, const std::string& example) {
    CLI::App* app =
        migrate_.add_subcommand(name, description + " Takes the options of `bigocean migrate` too.");
    app->fallthrough();
    app->footer(exit_codes_footer(codes, example));
    on_call(*app, name, std::move(action));
    return *app;
  }

  void on_call(CLI::App& app, const std::string& name, Action action) {
    app.callback([this_flags = flags_, &invocation = invocation_, name, action = std::move(action)] {
      invocation.run = [this_flags, name, action](const config::Loaded& loaded) {
        return run_action(*this_flags, name, action, loaded.settings);
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
  migrate->footer(
      exit_codes_footer({0, 2, 4, 5, 6, 7, 9, 130, 143}, "bigocean migrate --dir db/migrations --wait 60s"));

  Builder builder(*migrate, invocation, flags);
  invocation.run = nullptr;
  migrate->callback([migrate, flags, &invocation] {
    if (!migrate->get_subcommands().empty()) return;
    invocation.run = [flags](const config::Loaded& loaded) {
      return run_action(*flags, "up", run_up, loaded.settings);
    };
  });
  builder.add("up", "Applies pending migrations; the default.", run_up, {0, 2, 4, 5, 6, 7, 9, 130, 143},
              "bigocean migrate up --to 20260130120000");
  builder.add("plan", "Shows what `up` would do, and how.", show_plan, {0, 2, 6, 7},
              "bigocean migrate plan --json");
  auto& status = builder.add("status", "Lists every migration with its state.", run_status, {0, 2, 3, 6, 7},
                             "bigocean migrate status --check");
  status.add_flag("--check", flags->check,
                  "Exit 3 when something is pending, 6 when something is edited or half applied");
  auto& down = builder.add("down", "Takes back the newest migrations by their down parts.", run_down,
                           {0, 2, 4, 5, 6, 7, 9, 130, 143}, "bigocean migrate down --steps 1");
  auto* steps = down.add_option("--steps", flags->steps, "How many")
                    ->check(CLI::PositiveNumber)
                    ->type_name("N")
                    ->capture_default_str();
  down.add_option("--to", flags->down_to, "Take back everything after this version or name")
      ->type_name("VERSION")
      ->check(not_empty())
      ->excludes(steps);
  down.add_flag("--yes", flags->yes, "Go on where data is dropped or a down part is missing");
  auto& redo = builder.add("redo", "Takes back the newest migration and applies it again.", run_redo,
                           {0, 2, 4, 5, 6, 7, 9, 130, 143}, "bigocean migrate redo --yes");
  redo.add_flag("--yes", flags->yes, "Go on where data is dropped");
  builder.add("verify", "Compares every applied migration with the file here, and shows what differs.",
              run_verify, {0, 2, 6, 7}, "bigocean migrate verify");
  auto& bless = builder.add(
      "bless", "Accepts the text of one edited file; who, when and why are kept.", run_bless, {0, 2, 4, 6, 7},
      "bigocean migrate bless 20260130120000_create_users --reason \"comment corrected\"");
  bless.add_option("FILE", flags->name, "Version, name or file name")->required();
  bless.add_option("--reason", flags->reason, "Why this is right")->required()->type_name("TEXT");
  auto& baseline =
      builder.add("baseline", "Records everything up to a version as applied, without running it.",
                  run_baseline, {0, 2, 4, 6, 7}, "bigocean migrate baseline 20260130120000");
  baseline.add_option("VERSION", flags->version, "Version or name")->required();
  auto& adopt = builder.add("adopt",
                            "Takes over what dbmate, golang-migrate, goose, Flyway, sqlx, drizzle, Prisma, "
                            "diesel or node-pg-migrate has applied: shows it, and with --apply records it.",
                            run_adopt, {0, 2, 4, 6, 7}, "bigocean migrate adopt --dir db/migrations --apply");
  adopt.add_flag("--apply", flags->apply, "Record it; without, nothing is written");
  adopt.add_option("--table", flags->table, "The other tool's history, where it has another name than usual")
      ->type_name("SCHEMA.NAME")
      ->check(not_empty());
  auto& resolve =
      builder.add("resolve", "Decides an interrupted statement that nobody can prove.", run_resolve,
                  {0, 2, 4, 6, 7}, "bigocean migrate resolve 20260130120000_backfill --again");
  resolve.add_option("FILE", flags->name, "Version, name or file name")->required();
  resolve.add_flag("--done", flags->done, "It took effect");
  resolve.add_flag("--again", flags->again, "Run it once more");

  auto& drift =
      builder.add("drift",
                  "Compares the database with what its applied migrations make in a scratch database. The "
                  "scratch database is made on the same server and always dropped.",
                  run_drift, {0, 2, 5, 6, 7, 130, 143}, "bigocean migrate drift --ignore 'public.audit_*'");
  add_drift_options(drift, invocation, flags->drift);
  auto& dump = builder.add("dump", "Writes the schema as SQL, always the same text for the same schema.",
                           run_dump, {0, 2, 5, 7, 130, 143}, "bigocean migrate dump --output schema.sql");
  dump.add_option("--output", flags->drift.dump_file, "Where to; - is standard output")->type_name("FILE");

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
