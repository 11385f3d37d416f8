// Options that override settings: help, default and variable come from the table of settings.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace bigocean::cli {
namespace {

const config::SettingInfo& info_of(const std::string& key) {
  const auto table = config::setting_table();
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& info) { return info.key == key; });
  if (found == table.end()) throw std::logic_error("no such setting: " + key);
  return *found;
}

/// What follows the option in help; completion reads it, too.
std::string type_name_of(std::string_view type) {
  if (type == "folder") return "DIR";
  if (type == "secret") return "TEXT";
  if (type.find(", ") == type.npos) return base::to_upper(type);
  std::string choices;
  for (const char c : type) {
    if (c != ' ') choices += c == ',' ? '|' : c;
  }
  return choices;
}

}  // namespace

void add_setting(CLI::App& app, Invocation& invocation, const std::string& flag, const std::string& key) {
  if (!invocation.describes(flag)) return;
  const auto& info = info_of(key);
  const std::string fallback = config::default_text(key);
  std::string description(info.help);
  if (!fallback.empty() && info.type != "boolean") description += fmt::format(" [default: {}]", fallback);
  if (!info.environment.empty()) description += fmt::format(" [env: {}]", info.environment);

  if (info.type == "boolean") {
    app.add_flag_callback(
        flag,
        [&invocation, key, flag] {
          invocation.overrides.push_back({key, "true", flag});
        },
        description);
    return;
  }
  app.add_option_function<std::string>(
         flag,
         [&invocation, key, flag](const std::string& value) {
           invocation.overrides.push_back({key, value, flag});
         },
         description)
      ->type_name(type_name_of(info.type));
}

}  // namespace bigocean::cli
