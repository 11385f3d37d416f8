// Turns TOML into the settings' texts; the only file that sees toml++.
#include "config/toml_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "config/setting.hpp"

namespace bigocean::config {
namespace {

using Values = std::map<std::string, TomlValue, std::less<>>;

/// Whether the section holds tables of numbers, which are not rows of the table of settings.
bool has_number_tables(std::string_view section) {
  return std::ranges::any_of(floors(), [&](const Floor& floor) {
    return std::ranges::find(floor.number_tables, section) != floor.number_tables.end();
  });
}

/// The known key that was meant: a near one, or the one of this name in another section.
std::string suggestion(const std::string& key) {
  std::vector<std::string_view> keys;
  for (const auto& setting : settings()) keys.push_back(setting.info.key);
  if (const auto meant = base::nearest(key, keys)) return fmt::format(" (did you mean `{}`?)", *meant);
  const std::string name = "." + key.substr(key.rfind('.') + 1);
  const auto same_name = [&](std::string_view known) { return known.ends_with(name); };
  if (std::count_if(keys.begin(), keys.end(), same_name) != 1) return {};
  return fmt::format(" (did you mean `{}`?)", *std::find_if(keys.begin(), keys.end(), same_name));
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const auto& setting : settings()) {
    const auto dot = setting.info.key.find('.');
    if (dot == std::string_view::npos) continue;
    const auto name = setting.info.key.substr(0, dot);
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  for (const auto& floor : floors())
    names.insert(names.end(), floor.number_tables.begin(), floor.number_tables.end());
  return names;
}

class TomlReader {
 public:
  TomlReader(const std::string& file, Faults& faults) : file_(file), faults_(faults) {}

  Values read(const toml::table& root) {
    const auto sections = section_names();
    for (const auto& [key, node] : root) {
      const std::string name(key.str());
      if (const auto* section = node.as_table()) {
        if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
          faults_.add(place(key, name), "is an unknown section" + base::did_you_mean(name, sections), {});
          continue;
        }
        if (has_number_tables(name)) {
          for (const auto& [inner, numbers] : *section) add_numbers(name, inner, numbers);
          continue;
        }
        for (const auto& [inner, value] : *section) add(name + "." + std::string(inner.str()), inner, value);
      } else {
        add(name, key, node);
      }
    }
    return std::move(values_);
  }

 private:
  std::string place(const toml::key& key, const std::string& name) const {
    return fmt::format("{}:{}: {}", file_, key.source().begin.line, name);
  }

  void add(const std::string& name, const toml::key& key, const toml::node& node) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
      faults_.add(place(key, name), "is an unknown setting" + suggestion(name), {});
      return;
    }
    const auto wrong_type = [&](std::string_view wanted, std::string_view example) {
      const auto short_name = name.substr(name.rfind('.') + 1);
      faults_.add(place(key, name), fmt::format("must be {}", wanted),
                  fmt::format("{} = {}", short_name, example));
    };
    const std::size_t line = key.source().begin.line;
    const std::string fallback = default_example(*setting);
    if (setting->info.type == "integer") {
      const auto value = node.as_integer();
      if (value == nullptr) return wrong_type("a whole number, without quotes", fallback);
      values_[name] = {std::to_string(value->get()), line};
    } else if (setting->info.type == "boolean") {
      const auto value = node.as_boolean();
      if (value == nullptr) return wrong_type("true or false, without quotes", "true");
      values_[name] = {value->get() ? "true" : "false", line};
    } else {
      const auto value = node.as_string();
      if (value == nullptr) return wrong_type("a text in double quotes", fmt::format("\"{}\"", fallback));
      values_[name] = {value->get(), line};
    }
  }

  /// "prices.MODEL.NAME"; the floor checks NAME and its value.
  void add_numbers(const std::string& section, const toml::key& key, const toml::node& node) {
    const auto table = fmt::format("{}.{}", section, key.str());
    const auto* numbers = node.as_table();
    if (numbers == nullptr)
      return faults_.add(place(key, table), "must be a table", fmt::format("[{}]", table));
    for (const auto& [inner, value] : *numbers) {
      const auto name = fmt::format("{}.{}", table, inner.str());
      const auto line = static_cast<std::size_t>(inner.source().begin.line);
      if (const auto* whole = value.as_integer()) {
        values_[name] = {std::to_string(whole->get()), line};
      } else if (const auto* number = value.as_floating_point()) {
        values_[name] = {fmt::format("{}", number->get()), line};
      } else {
        faults_.add(place(inner, name), "must be a number, without quotes",
                    fmt::format("{} = 0.125", inner.str()));
      }
    }
  }

  static std::string default_example(const Setting& setting) {
    if (!setting.example.empty()) return std::string(setting.example);
    if (setting.info.type == "duration") return "30s";
    if (setting.info.type == "integer") return std::to_string(std::max<std::int64_t>(1, setting.min));
    const auto text = default_text(setting.info.key);
    return text.empty() ? "..." : text;
  }

  const std::string& file_;
  Faults& faults_;
  Values values_;
};

/// True when the parser's own words could quote a value on this line that must not be shown.
bool has_secret(std::string_view text, std::size_t line) {
  for (std::size_t n = 1; n < line && !text.empty(); ++n)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const std::string_view content = text.substr(0, text.find('\n'));
  return std::any_of(settings().begin(), settings().end(), [&](const Setting& setting) {
    const auto name = setting.info.key.substr(setting.info.key.rfind('.') + 1);
    return (setting.info.type == "secret" || setting.info.type == "url") &&
           content.find(name) != content.npos;
  });
}

}  // namespace

Values parse_toml(std::string_view text, const std::string& file, Faults& faults) {
  try {
    return TomlReader(file, faults).read(toml::parse(text));
  } catch (const toml::parse_error& failure) {
    const auto where = failure.source().begin;
    const std::string wrong = has_secret(text, where.line)
                                  ? std::string("is not TOML: a text must be in double quotes, on one line")
                                  : fmt::format("is not TOML: {}", redact_urls(failure.description()));
    faults.add(fmt::format("{}:{}:{}", file, where.line, where.column), wrong, "name = \"value\"");
    return {};
  }
}

}  // namespace bigocean::config
