// An environment of its own for each test of the settings: variables, files and flags in memory and a
// temporary folder.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/settings.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {

struct World {
  std::map<std::string, std::string> variables;
  std::vector<config::Override> flags;
  std::optional<std::string> config_file;
  std::vector<config::Requirement> requirements;
  std::vector<config::Requirement> production_requirements;
  TempDir folder;

  config::Loaded load() const {
    config::Sources sources;
    sources.with_lines = true;
    sources.overrides = flags;
    sources.config_file = config_file;
    sources.working_directory = folder.path();
    sources.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return config::load_settings(sources, requirements, production_requirements);
  }

  /// The message of the error that load() throws; empty when it throws none.
  std::string message() const {
    try {
      load();
      return {};
    } catch (const base::Error& error) {
      return error.code == base::ExitCode::kUsage ? error.message : "wrong code: " + error.message;
    }
  }

  /// The line of a setting in `bigocean config`.
  config::Loaded::Line line(const std::string& key) const {
    for (const auto& entry : load().lines) {
      if (entry.key == key) return entry;
    }
    return {};
  }
};

inline std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

}  // namespace bigocean::test
