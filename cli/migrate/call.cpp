// Runs one call of a `bigocean migrate` subcommand, and prints the document with --json.
#include "cli/migrate/call.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/migrate/document_html.hpp"
#include "cli/migrate/report.hpp"
#include "cli/output_file.hpp"
#include "server/observe/traced_command.hpp"
#include "sql/migrate/history/status.hpp"

namespace bigocean::cli {
namespace {

using base::Error;
using base::ExitCode;

std::chrono::microseconds elapsed_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
}

/// "2 of 5 applied …" when a run ended early; the error itself comes from main.cpp or the log.
void say_partial(const MigrateDocument& document, MigrateOutput& output) {
  const auto& report = document.report;
  if (report.pending == 0) return;
  std::string names;
  for (const auto& file : report.files) names += (names.empty() ? ": " : ", ") + file.name;
  output.say(fmt::format("stopped: {} of {} done{}", report.files.size(), report.pending, names));
}

void note(MigrateOutput& output, std::string text) {
  if (text.empty()) return;
  sql::migrate::Event event;
  event.text = std::move(text);
  output.on(event);
}

/// Reports the format that the folder was read in, and what was left out of it. Our own format is the
/// expected one, and is not reported.
void tell_folder(const sql::migrate::ConfiguredMigrations& configured, Loudness loudness,
                 MigrateOutput& output) {
  const auto& [format, why] = configured.detection;
  const bool verbose = loudness == Loudness::kVerbose;
  if (!why.empty() && (verbose || format != &sql::migrate::kNativeFormat))
    note(output, fmt::format("format {}: {}", format->name, why));
  if (configured.inventory.entries == 0) return;
  note(output, verbose ? inventory_text(configured.inventory) : passed_over_text(configured.inventory));
}

void check_settings(const config::Settings& settings) {
  if (settings.database.url.empty() && settings.database.unpooled_url.empty()) {
    throw Error(ExitCode::kUsage, "DATABASE_URL is not set",
                "for example: DATABASE_URL=postgresql://user:password@host:5432/database");
  }
  if (settings.migrate.schema.empty())
    throw Error(ExitCode::kUsage, "the schema for the history is empty", "leave --schema out, or name one");
}

std::string target_of(const config::Settings& settings) {
  const auto& database = settings.database;
  return (database.unpooled_url.empty() ? database.url : database.unpooled_url).redacted();
}

/// Returns the exit code; throws base::Error for a failure that has not been printed yet.
int run_call(const CallFlags& flags, const std::string& command, const Action& action,
             const config::Settings& settings) {
  check_settings(settings);
  if (!flags.html.empty()) check_output_file(flags.html);
  const auto loudness = flags.quiet     ? Loudness::kQuiet
                        : flags.verbose ? Loudness::kVerbose
                                        : Loudness::kNormal;
  const auto output = make_migrate_output(settings, loudness, flags.json);
  MigrateDocument document;
  document.command = command;
  document.dry_run = flags.dry_run;
  const auto began = std::chrono::steady_clock::now();
  try {
    const base::SignalInterrupt interrupt;
    sql::migrate::Detection detection;
    const auto read = [&] {
      auto configured = sql::migrate::read_configured(settings);
      detection = configured.detection;
      if (settings.migrate.dir_is_usual)
        note(*output,
             fmt::format("files in {}, the usual folder, since no folder is set", settings.migrate.dir));
      tell_folder(configured, loudness, *output);
      return std::move(configured.migrations);
    };
    sql::migrate::Engine engine(settings, read, *output, &interrupt);
    Call call{settings, engine, *output, document, detection, interrupt, began};
    const int code = action(call);
    document.elapsed = elapsed_since(began);
    if (!flags.html.empty()) {
      write_output_file(flags.html, render_html(document, target_of(settings)));
      output->say("wrote     " + flags.html);
    }
    if (flags.json) fmt::print("{}\n", render(document, code, nullptr));
    return code;
  } catch (const Error& error) {
    document.elapsed = elapsed_since(began);
    say_partial(document, *output);
    if (flags.json) fmt::print("{}\n", render(document, static_cast<int>(error.code), &error));
    std::fflush(stdout);
    if (output->tell_error(error)) {
      if (!flags.dry_run) report_failed_migrate(settings, command, error);
      return static_cast<int>(error.code);
    }
    throw;
  }
}

}  // namespace

std::chrono::microseconds Call::elapsed() const { return elapsed_since(began); }

void on_call(CLI::App& app, Invocation& invocation, const std::string& command,
             std::shared_ptr<const CallFlags> flags, Action action) {
  app.callback([&app, &invocation, command, flags = std::move(flags), action = std::move(action)] {
    if (!app.get_subcommands().empty()) return;
    invocation.run = [&invocation, command, flags, action](const config::Loaded& loaded) {
      const auto& settings = loaded.settings;
      // main.cpp prints what is thrown here before it is reported, so the user waits for the text only.
      if (!settings.sentry.dsn.empty() && !flags->dry_run) {
        invocation.after_failure = [settings, command](const std::exception& error) {
          report_failed_migrate(settings, command, error);
        };
      }
      return server::observe::run_traced(settings, "migrate " + command,
                                         [&] { return run_call(*flags, command, action, settings); });
    };
  });
}

}  // namespace bigocean::cli
