// One call of a `bigocean migrate` subcommand: what its action works with, and how it is run.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/interrupt.hpp"
#include "cli/command.hpp"
#include "cli/migrate/options.hpp"
#include "cli/migrate/output.hpp"
#include "config/settings.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/formats/format.hpp"

namespace bigocean::cli {

/// What a subcommand's action works with.
struct Call {
  const config::Settings& settings;
  sql::migrate::Engine& engine;
  MigrateOutput& output;
  MigrateDocument& document;
  const sql::migrate::Detection& detection;  ///< of the files, once the engine has read them
  const base::Interrupt& interrupt;
  std::chrono::steady_clock::time_point began;

  std::chrono::microseconds elapsed() const;
};
/// Returns the exit code.
using Action = std::function<int(Call&)>;

/// Lets a call of `command` run `action`, with an engine for the configured files, and print the document at
/// its end if --json is given. For `app` without a subcommand of its own.
void on_call(CLI::App& app, Invocation& invocation, const std::string& command,
             std::shared_ptr<const CallFlags> flags, Action action);

/// The same for an action that takes its subcommand's own flags, a struct derived from CallFlags.
template <typename Flags>
void on_call(CLI::App& app, Invocation& invocation, const std::string& command,
             const std::shared_ptr<Flags>& flags, int (*action)(const Flags&, Call&)) {
  on_call(app, invocation, command, std::shared_ptr<const CallFlags>(flags),
          [flags, action](Call& call) { return action(*flags, call); });
}

}  // namespace bigocean::cli
