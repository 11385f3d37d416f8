// What one subcommand file offers to main.cpp.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace CLI {
class App;
}

namespace bigocean::cli {

/// Filled while the command line is parsed, used after it: which subcommand runs, what it requires, and the
/// settings that flags gave.
struct Invocation {
  /// The subcommands, and the options that are settings, that are described, among other words; unset: all.
  std::optional<std::set<std::string_view>> described;
  bool describes(std::string_view word) const { return !described || described->contains(word); }

  std::vector<config::Override> overrides;
  std::optional<std::string> config_file;
  std::vector<config::Requirement> requirements;
  std::vector<config::Requirement> production_requirements;  ///< on top, in production only
  bool needs_settings = true;     ///< false: they are not read, and `run` gets empty ones
  bool reports_warnings = false;  ///< true: `run` shows Loaded::warnings itself; false: main.cpp does
  bool shows_settings = false;    ///< true: `run` looks at Loaded::lines
  std::function<int(const config::Loaded&)> run;
  /// Called with what `run` threw, after it was printed.
  std::function<void(const std::exception&)> after_failure;
};

/// Adds one option that overrides the setting `key`; help text, default and environment variable come from
/// config::setting_table(). `flag` is "--lock-timeout". Boolean settings become plain flags.
void add_setting(CLI::App& app, Invocation& invocation, const std::string& flag, const std::string& key);

/// Adds its subcommand to `root`; its callback sets `invocation.run` and `.requirements`.
struct Subcommand {
  std::string_view name;
  void (*add)(CLI::App& root, Invocation& invocation);
};

/// The program's subcommands in the order of its help, and its description in one sentence. The program is
/// linked with cli/toolkit/ or with cli/product/, which define these.
std::span<const Subcommand> subcommands();
std::string_view summary();

/// The subcommands of the toolkit.
void add_migrate(CLI::App& root, Invocation& invocation);
void add_check_db(CLI::App& root, Invocation& invocation);
void add_check_redis(CLI::App& root, Invocation& invocation);
void add_healthcheck(CLI::App& root, Invocation& invocation);
void add_config(CLI::App& root, Invocation& invocation);
void add_completion(CLI::App& root, Invocation& invocation);

}  // namespace bigocean::cli
