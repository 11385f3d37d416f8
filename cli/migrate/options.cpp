// Options that several `bigocean migrate` subcommands have, in groups.
#include "cli/migrate/options.hpp"

#include <CLI/CLI.hpp>

namespace bigocean::cli {

void add_source_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--dir", "migrate.dir");
  add_setting(app, invocation, "--format", "migrate.format");
}

void add_history_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--schema", "migrate.schema");
  add_setting(app, invocation, "--wait", "migrate.wait");
}

void add_lock_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--deadline", "migrate.deadline");
  add_setting(app, invocation, "--session-pooler", "migrate.session_pooler");
}

void add_limit_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--lock-timeout", "migrate.lock_timeout");
  add_setting(app, invocation, "--statement-timeout", "migrate.statement_timeout");
}

void add_blocking_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--max-blocking", "migrate.max_blocking");
  add_setting(app, invocation, "--terminate-idle-in-transaction", "migrate.terminate_idle_in_transaction");
}

void add_order_options(CLI::App& app, Invocation& invocation) {
  add_setting(app, invocation, "--strict-order", "migrate.strict_order");
  add_setting(app, invocation, "--no-ahead", "migrate.no_ahead");
}

void add_json_option(CLI::App& app, CallFlags& flags) {
  app.add_flag("--json", flags.json, "One JSON document on standard output; progress goes to standard error");
}

void add_quiet_option(CLI::App& app, CallFlags& flags) {
  app.add_flag("--quiet", flags.quiet, "Only warnings and errors");
}

void add_output_options(CLI::App& app, CallFlags& flags) {
  add_json_option(app, flags);
  add_quiet_option(app, flags);
  app.add_flag(
      "--verbose", flags.verbose,
      "Also the files' format, and a line for every file begun and every statement of a file outside "
      "a transaction");
}

void add_html_option(CLI::App& app, CallFlags& flags) {
  add_text_option(app, "--html", flags.html, "FILE", "Also write the report as a page to look at");
}

CLI::Option* add_dry_run_option(CLI::App& app, CallFlags& flags) {
  return app.add_flag("--dry-run", flags.dry_run, "Show what would happen, and change nothing");
}

CLI::Option* add_text_option(CLI::App& app, const std::string& name, std::string& value,
                             const std::string& type_name, const std::string& description) {
  return app.add_option(name, value, description)
      ->type_name(type_name)
      ->check(CLI::Validator(
          [](const std::string& text) { return std::string(text.empty() ? "must not be empty" : ""); }, ""));
}

}  // namespace bigocean::cli
