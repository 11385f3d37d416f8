// Reads the value of every setting: flags, environment, .env files, bigocean.toml, defaults.
#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "config/default_values.hpp"
#include "config/env_file.hpp"
#include "config/file.hpp"
#include "config/setting.hpp"
#include "config/toml_file.hpp"

namespace bigocean::config {

namespace {

using EnvFile = std::map<std::string, EnvFileValue, std::less<>>;
using TomlFile = std::map<std::string, TomlValue, std::less<>>;

/// A value for one setting and its place; `example` is a correct value as it would be written there.
struct Found {
  std::string text;
  std::string place;
  std::string source;
  std::string example;
  std::optional<Fault> fault{};  ///< known to be wrong before it is read
};

const TomlFile& defaults() {
  static const TomlFile values = [] {
    TomlFile made;
    for (const auto& floor : floors()) {
      for (const auto& [key, text] : floor.defaults)
        made.emplace_hint(made.end(), key, TomlValue{std::string(text)});
    }
    return made;
  }();
  return values;
}

std::string example_of(const Setting& setting) {
  if (!setting.example.empty()) return std::string(setting.example);
  const std::string text = default_text(setting.info.key);
  return text.empty() ? std::string("...") : text;
}

std::string example_in_toml(const Setting& setting) {
  const auto dot = setting.info.key.rfind('.');
  const auto name = setting.info.key.substr(dot == std::string_view::npos ? 0 : dot + 1);
  const bool bare = setting.info.type == "integer" || setting.info.type == "boolean";
  const std::string_view quote = bare ? "" : "\"";
  return fmt::format("{} = {}{}{}", name, quote, example_of(setting), quote);
}

/// The value of a variable, and where it stands.
struct Variable {
  std::string text;
  std::string place;
  std::string source;
};

/// All sources of values, read once; find() searches them in the order of precedence.
class Loader {
 public:
  Loader(const Sources& sources, Loaded& loaded) : sources_(sources), loaded_(loaded) {}

  void load(std::span<const Requirement> requirements, std::span<const Requirement> production_requirements) {
    check_overrides();
    for (const auto& floor : floors()) {
      if (floor.prepare != nullptr) floor.prepare(loaded_.settings);
    }
    read_toml();
    resolve_environment();
    read_env_files();
    for (const auto& setting : settings()) resolve(setting);
    read_tables();
    for (const auto& floor : floors()) {
      if (floor.complete != nullptr) floor.complete(sources_.working_directory, loaded_.settings);
    }
    for (const auto requirement : requirements) require(requirement);
    if (loaded_.settings.environment == Environment::kProduction) {
      for (const auto requirement : production_requirements) require(requirement);
    }
    faults_.throw_if_any();
  }

 private:
  /// An empty variable counts as unset.
  std::optional<std::string> variable(std::string_view name) const {
    std::optional<std::string> value;
    if (sources_.overrides_only) return value;
    if (sources_.environment) {
      value = sources_.environment(std::string(name));
    } else if (const char* text = std::getenv(std::string(name).c_str())) {
      value = text;
    }
    if (value && value->empty()) value.reset();
    return value;
  }

  std::string in_working_directory(const std::string& path) const {
    return (std::filesystem::path(sources_.working_directory) / path).string();
  }

  void check_overrides() const {
    for (const auto& override : sources_.overrides) {
      if (find_setting(override.key) != nullptr) continue;
      throw base::Error(base::ExitCode::kInternal,
                        fmt::format("flag {} names the unknown setting {}", override.flag, override.key),
                        "this is a fault of the program: please report it");
    }
  }

  void read_toml() {
    if (sources_.overrides_only) return;
    const auto read = [&](const std::string& path, const std::string& named_by) {
      const auto text = read_settings_file(in_working_directory(path), path, faults_);
      if (text) {
        toml_name_ = path;
        toml_ = parse_toml(*text, path, faults_);
      } else if (!named_by.empty() && !std::filesystem::exists(in_working_directory(path))) {
        faults_.add(named_by, fmt::format("there is no file `{}`", path), {});
      }
      return text.has_value();
    };
    if (sources_.config_file) {
      read(*sources_.config_file, "--config (flag)");
    } else if (const auto named = variable("BIGOCEAN_CONFIG")) {
      read(*named, "BIGOCEAN_CONFIG (environment)");
    } else if (!read("config/bigocean.toml", {})) {
      read("/etc/bigocean/bigocean.toml", {});
    }
  }

  /// Called before the .env files are read, because it decides whether they are.
  void resolve_environment() {
    environment_is_wrong_ = !resolve(*find_setting("environment"));
    loaded_.lines.clear();
  }

  void read_env_files() {
    if (sources_.overrides_only) return;
    if (environment_is_wrong_ || loaded_.settings.environment != Environment::kDevelopment) return;
    for (auto& [name, values] : env_files_) {
      const auto text = read_settings_file(in_working_directory(name), name, faults_);
      if (!text) continue;
      values = parse_env_file(*text, name, faults_);
      for (const auto& [variable_name, value] : values) warn_about(name, variable_name, value.line);
    }
  }

  void warn_about(const std::string& file, const std::string& name, std::size_t line) {
    if (name == "BIGOCEAN_ENV" || name == "NODE_ENV" || name == "BIGOCEAN_CONFIG") {
      loaded_.warnings.push_back(fmt::format(
          "{}:{}: {} has no effect here: set it in the environment of the process", file, line, name));
      return;
    }
    std::vector<std::string_view> known;
    for (const auto& setting : settings()) known.push_back(setting.info.environment);
    for (const auto& alias : aliases()) known.push_back(alias.environment);
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    const auto meant = base::nearest(name, known);
    if (meant && (name.starts_with("BIGOCEAN_") || !mentions(*meant))) {
      loaded_.warnings.push_back(
          fmt::format("{}:{}: {} is unknown (did you mean {}?)", file, line, name, *meant));
    }
  }

  bool mentions(std::string_view name) const {
    return variable(name) || std::any_of(env_files_.begin(), env_files_.end(),
                                         [&](const auto& file) { return file.second.contains(name); });
  }

  std::optional<Found> find(const Setting& setting) {
    const SettingInfo& info = setting.info;
    const auto& overrides = sources_.overrides;
    const auto flag =
        std::find_if(overrides.rbegin(), overrides.rend(), [&](const auto& o) { return o.key == info.key; });
    if (flag != overrides.rend()) {
      const bool plain = info.type == "boolean";
      return Found{flag->value, flag->flag + (sources_.overrides_only ? "" : " (flag)"), "flag " + flag->flag,
                   plain ? flag->flag : fmt::format("{} {}", flag->flag, example_of(setting))};
    }
    const auto in_environment = [this](std::string_view name) -> std::optional<Variable> {
      const auto value = variable(name);
      if (!value) return std::nullopt;
      return Variable{*value, fmt::format("{} (environment)", name), fmt::format("environment {}", name)};
    };
    if (auto found = find_variable(setting, in_environment)) return found;
    if (auto found = find_in_env_files(setting)) return found;
    if (const auto value = toml_.find(info.key); value != toml_.end()) {
      return Found{value->second.text, fmt::format("{}:{}: {}", toml_name_, value->second.line, info.key),
                   toml_name_, example_in_toml(setting)};
    }
    for (const auto& one : platform_defaults()) {
      if (one.key != info.key || !variable(one.variable)) continue;
      const auto source = fmt::format("default ({} is set)", one.variable);
      return Found{std::string(one.value), source, source, std::string(one.value)};
    }
    return std::nullopt;
  }

  std::optional<Found> find_in_env_files(const Setting& setting) {
    if (setting.info.key == "environment") return std::nullopt;
    for (const auto& [file, values] : env_files_) {
      const auto in_file = [&file, &values](std::string_view name) -> std::optional<Variable> {
        const auto value = values.find(name);
        if (value == values.end() || value->second.text.empty()) return std::nullopt;
        return Variable{value->second.text, fmt::format("{} ({}:{})", name, file, value->second.line), file};
      };
      if (auto found = find_variable(setting, in_file)) return found;
    }
    return std::nullopt;
  }

  /// The value of the setting's own variable, else of an alias.
  template <typename LookUp>
  std::optional<Found> find_variable(const Setting& setting, const LookUp& look_up) {
    const auto& info = setting.info;
    if (const auto own = look_up(info.environment)) {
      return Found{own->text, own->place, own->source,
                   fmt::format("{}={}", info.environment, example_of(setting))};
    }
    for (const auto& alias : aliases()) {
      if (alias.key != info.key) continue;
      const auto value = look_up(alias.environment);
      if (!value) continue;
      const auto text = alias.convert(value->text);
      if (text && text->empty()) continue;
      Found found{text.value_or(std::string{}), value->place, value->source,
                  fmt::format("{}={}", alias.environment, alias.example)};
      if (!text) found.fault = Fault{fmt::format("is not {}", alias.what), {}};
      if (!alias.is_shared) return found;
      // What is assigned here is assigned again by the caller.
      const auto fault = found.fault ? found.fault : assign(setting, loaded_.settings, found.text);
      if (!fault) return found;
      loaded_.warnings.push_back(
          fmt::format("{} {}; it is ignored (example: {})", found.place, fault->wrong, found.example));
    }
    return std::nullopt;
  }

  /// Sets one field; false when its value is wrong.
  bool resolve(const Setting& setting) {
    const auto found = find(setting);
    if (found) {
      if (const auto fault = found->fault ? found->fault : assign(setting, loaded_.settings, found->text)) {
        add_fault(*found, *fault);
        return false;
      }
    } else if (const auto value = defaults().find(setting.info.key); value != defaults().end()) {
      if (const auto fault = assign(setting, loaded_.settings, value->second.text)) {
        throw base::Error(base::ExitCode::kInternal,
                          fmt::format("the default of {} is wrong", setting.info.key),
                          "this is a fault of the program: please report it", fault->wrong);
      }
    }
    if (sources_.with_lines) add_line(setting, found);
    return true;
  }

  void add_line(const Setting& setting, const std::optional<Found>& found) {
    const std::string text = text_of(setting, loaded_.settings);
    std::string source = found ? found->source : "default";
    if (!found && text.empty() && !defaults().contains(setting.info.key)) source = "not set";
    loaded_.lines.push_back({std::string(setting.info.key), text, source});
  }

  void read_tables() {
    for (const auto& floor : floors()) {
      if (floor.read_tables != nullptr)
        floor.read_tables({defaults(), toml_, toml_name_, faults_, sources_.with_lines}, loaded_);
    }
  }

  void add_fault(const Found& found, const Fault& fault) {
    // The environment is read twice, but its fault is reported once.
    if (std::find(faulty_places_.begin(), faulty_places_.end(), found.place) != faulty_places_.end()) return;
    faulty_places_.push_back(found.place);
    faults_.add(found.place, fault.wrong, fault.example.empty() ? found.example : fault.example);
  }

  void require(Requirement requirement) {
    const Setting& setting = *find_setting(requirement.key);
    if (const auto found = find(setting); found && !found->text.empty()) return;
    const bool file_ignored = loaded_.settings.environment != Environment::kDevelopment &&
                              std::filesystem::exists(in_working_directory(".env"));
    faults_.add(fmt::format("{} (not set)", setting.info.environment),
                file_ignored ? "is missing (.env is read in development only)" : "is missing",
                fmt::format("{}={}", setting.info.environment, example_of(setting)));
  }

  const Sources& sources_;
  Loaded& loaded_;
  Faults faults_;
  std::vector<std::string> faulty_places_;
  std::string toml_name_;
  TomlFile toml_;
  std::array<std::pair<std::string, EnvFile>, 2> env_files_{{{".env.local", {}}, {".env", {}}}};
  bool environment_is_wrong_ = false;
};

}  // namespace

Loaded load_settings(const Sources& sources, std::span<const Requirement> requirements,
                     std::span<const Requirement> production_requirements) {
  Loaded loaded;
  Loader(sources, loaded).load(requirements, production_requirements);
  return loaded;
}

std::string default_text(std::string_view key) {
  const auto value = defaults().find(key);
  return value == defaults().end() ? std::string{} : value->second.text;
}

}  // namespace bigocean::config
