// `bigocean config`: the effective settings, where each comes from, no secrets.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/help.hpp"

namespace bigocean::cli {
namespace {

std::string as_json(const config::Loaded& loaded) {
  auto settings = nlohmann::ordered_json::array();
  for (const auto& line : loaded.lines) {
    settings.push_back({{"key", line.key}, {"value", line.value}, {"source", line.source}});
  }
  const nlohmann::ordered_json document{{"settings", settings}, {"warnings", loaded.warnings}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string as_text(const config::Loaded& loaded) {
  const auto name_of = [](const std::string& key) { return key.substr(key.rfind('.') + 1); };
  const auto shown = [](const std::string& value) { return value.empty() ? std::string("-") : value; };
  constexpr std::size_t kValueWidthMax = 48;
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const auto& line : loaded.lines) {
    name_width = std::max(name_width, name_of(line.key).size());
    if (line.value.size() <= kValueWidthMax) value_width = std::max(value_width, line.value.size());
  }
  std::string out;
  std::string section;
  for (const auto& line : loaded.lines) {
    const auto dot = line.key.rfind('.');
    const std::string here = dot == std::string::npos ? std::string{} : line.key.substr(0, dot);
    if (here != section) out += fmt::format("\n[{}]\n", here);
    section = here;
    out += fmt::format("{:<{}}  {:<{}}  {}\n", name_of(line.key), name_width, shown(line.value), value_width,
                       line.source);
  }
  return out;
}

}  // namespace

void add_config(CLI::App& root, Invocation& invocation) {
  auto* app = root.add_subcommand(
      "config",
      "Show the effective settings. One line per setting: name, value, and where the value comes from (flag, "
      "environment, .env file, bigocean.toml, default). Passwords and keys are replaced by ***.");
  const auto json = std::make_shared<bool>(false);
  app->add_flag("--json", *json, "one JSON document");
  app->footer(exit_codes_footer({0, 2}, "bigocean config --env production"));
  app->callback([&invocation, json] {
    invocation.reports_warnings = *json;
    invocation.shows_settings = true;
    invocation.run = [json](const config::Loaded& loaded) {
      const std::string out = *json ? as_json(loaded) : as_text(loaded);
      std::fwrite(out.data(), 1, out.size(), stdout);
      return 0;
    };
  });
}

}  // namespace bigocean::cli
