// Options that several `bigocean migrate` subcommands have, in groups. A subcommand adds the groups and the
// single settings that it honours, and nothing else: any other option is an error.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace CLI {
class Option;
}

namespace bigocean::cli {

/// What every call reads; a subcommand's own flags are a struct derived from it.
struct CallFlags {
  bool json = false, quiet = false, verbose = false, dry_run = false;
  std::string html;  ///< where the report to look at goes; empty: there is none
};

/// --dir and --format: where the files are, and of which tool.
void add_source_options(CLI::App& app, Invocation& invocation);
/// --schema and --wait: where the history is, and how long a server that starts is waited for.
void add_history_options(CLI::App& app, Invocation& invocation);
/// --deadline and --session-pooler: for what takes the migration lock.
void add_lock_options(CLI::App& app, Invocation& invocation);
/// --lock-timeout and --statement-timeout: for what runs statements of files.
void add_limit_options(CLI::App& app, Invocation& invocation);
/// --max-blocking and --terminate-idle-in-transaction: for what changes a database that is in use.
void add_blocking_options(CLI::App& app, Invocation& invocation);
/// --strict-order and --no-ahead: for what refuses a history that does not fit the files.
void add_order_options(CLI::App& app, Invocation& invocation);

void add_json_option(CLI::App& app, CallFlags& flags);
void add_quiet_option(CLI::App& app, CallFlags& flags);
/// --json, --quiet and --verbose.
void add_output_options(CLI::App& app, CallFlags& flags);
/// --html, for what render_html() can show.
void add_html_option(CLI::App& app, CallFlags& flags);
/// --dry-run, for what changes a database or a folder.
CLI::Option* add_dry_run_option(CLI::App& app, CallFlags& flags);

/// An option whose value must not be empty: `--to "$VERSION"` with nothing in the variable must not
/// mean "everything". `type_name` follows it in help.
CLI::Option* add_text_option(CLI::App& app, const std::string& name, std::string& value,
                             const std::string& type_name, const std::string& description);

}  // namespace bigocean::cli
