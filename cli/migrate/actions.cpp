// What `bigocean migrate` and its subcommands do, apart from their options.
#include "cli/migrate/actions.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/text.hpp"
#include "cli/migrate/adopt.hpp"
#include "cli/migrate/lint.hpp"
#include "cli/migrate/plan.hpp"
#include "cli/migrate/report.hpp"
#include "sql/migrate/new_file.hpp"
#include "sql/migrate/status.hpp"

namespace bigocean::cli {
namespace {

using base::Error;
using base::ExitCode;
using sql::migrate::Engine;
using sql::migrate::FileState;

std::chrono::microseconds elapsed_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

bool confirm(const MigrateFlags& flags, const std::string& question) {
  if (flags.yes) return true;
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return false;
  fmt::print(stderr, "{}. Go on? [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  return base::equals_ignoring_case(base::trim(answer), "y") ||
         base::equals_ignoring_case(base::trim(answer), "yes");
}

sql::migrate::DownOptions down_options(const Call& call) {
  sql::migrate::DownOptions options;
  options.steps = call.flags.steps;
  options.to = call.flags.down_to;
  options.confirm = [&flags = call.flags](const std::string& question) { return confirm(flags, question); };
  return options;
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

}  // namespace

std::chrono::microseconds Call::elapsed() const { return elapsed_since(began); }

int show_plan(Call& call) {
  return run_plan(call.engine, call.settings, {call.flags.to, call.flags.rehearse}, call.document,
                  call.output);
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
  call.engine.on_pending(lint_gate(call.settings, call.document, call.output, call.flags.allow_unsafe));
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
  call.engine.read_files();
  return adopt(call.engine, {call.flags.table, call.detection.format->id, call.flags.apply}, call.output,
               call.document);
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
  try {
    const base::SignalInterrupt interrupt;
    sql::migrate::Detection detection;
    const auto read = [&] {
      auto configured = sql::migrate::read_configured(settings);
      detection = configured.detection;
      tell_format(detection, loudness, *output);
      return std::move(configured.migrations);
    };
    Engine engine(settings, read, *output, &interrupt);
    Call call{flags, settings, engine, *output, document, detection, interrupt, began};
    const int code = action(call);
    document.elapsed = elapsed_since(began);
    if (flags.json) fmt::print("{}\n", render(document, code, nullptr));
    return code;
  } catch (const Error& error) {
    document.elapsed = elapsed_since(began);
    say_partial(document, *output);
    if (flags.json) fmt::print("{}\n", render(document, static_cast<int>(error.code), &error));
    std::fflush(stdout);
    if (output->tell_error(error)) {
      report_failed_migrate(settings, command, error);
      return static_cast<int>(error.code);
    }
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

}  // namespace bigocean::cli
