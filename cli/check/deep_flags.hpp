// The options of the deep checks: --deep, --threshold and --explain.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deep_check.hpp"
#include "cli/check/check_run.hpp"

namespace CLI {
class App;
}

namespace bigocean::cli {

struct Invocation;

struct DeepFlags {
  bool deep = false;
  std::string explain;  ///< an id; empty: the check runs
  base::GivenThresholds thresholds;

  /// Whether the command line names any of the options.
  static bool described(const Invocation& invocation);
};

/// The ids of a check's rows.
struct DeepIds {
  DeepIds(std::span<const std::string_view> usual, std::vector<std::string_view> deep_only,
          const std::function<bool(std::string_view)>& can_explain);

  std::vector<std::string_view> deep;  ///< those that only --deep has
  std::vector<std::string_view> all;
  std::vector<std::string_view> explained;  ///< those that --explain knows
};

/// Adds the options; `ids` must live as long as the program.
void add_deep_flags(CLI::App& app, const Invocation& invocation, DeepFlags& flags, const DeepIds& ids);

/// Throws CLI::ValidationError if --only, --waive or --threshold names a row that only --deep has, without
/// it.
void require_deep(const CheckFlags& flags, const DeepFlags& deep, std::span<const std::string_view> ids);

/// Prints why the row matters, its threshold and what is asked; `language` is "SQL" or "Commands". Returns
/// the exit code.
int print_explanation(const base::Explanation& explanation, std::string_view language);

}  // namespace bigocean::cli
