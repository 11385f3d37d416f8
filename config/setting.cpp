// Reads and writes one setting as text, by the type of its field.
#include "config/setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "config/url.hpp"

namespace bigocean::config {
namespace {

template <class Value>
using Names = std::span<const std::pair<std::string_view, Value>>;

constexpr std::array<std::pair<std::string_view, Environment>, 3> kEnvironments{{
    {"development", Environment::kDevelopment},
    {"test", Environment::kTest},
    {"production", Environment::kProduction},
}};
constexpr std::array<std::pair<std::string_view, base::LogLevel>, 4> kLogLevels{{
    {"debug", base::LogLevel::kDebug},
    {"info", base::LogLevel::kInfo},
    {"warn", base::LogLevel::kWarn},
    {"error", base::LogLevel::kError},
}};
constexpr std::array<std::pair<std::string_view, PreviewChoice>, 3> kPreviews{{
    {"off", PreviewChoice::kOff},
    {"plan", PreviewChoice::kPlan},
    {"required", PreviewChoice::kRequired},
}};
constexpr std::array<std::pair<std::string_view, LogFormatChoice>, 3> kLogFormats{{
    {"auto", LogFormatChoice::kAuto},
    {"text", LogFormatChoice::kText},
    {"json", LogFormatChoice::kJson},
}};
constexpr std::array<std::pair<std::string_view, MigrationFormat>, 11> kMigrationFormats{{
    {"auto", MigrationFormat::kAuto},
    {"native", MigrationFormat::kNative},
    {"dbmate", MigrationFormat::kNative},
    {"goose", MigrationFormat::kGoose},
    {"golang-migrate", MigrationFormat::kGolangMigrate},
    {"flyway", MigrationFormat::kFlyway},
    {"sqlx", MigrationFormat::kSqlx},
    {"drizzle", MigrationFormat::kDrizzle},
    {"prisma", MigrationFormat::kPrisma},
    {"diesel", MigrationFormat::kDiesel},
    {"node-pg-migrate", MigrationFormat::kNodePgMigrate},
}};

Names<Environment> names_of(const Environment*) { return kEnvironments; }
Names<base::LogLevel> names_of(const base::LogLevel*) { return kLogLevels; }
Names<LogFormatChoice> names_of(const LogFormatChoice*) { return kLogFormats; }
Names<PreviewChoice> names_of(const PreviewChoice*) { return kPreviews; }
Names<MigrationFormat> names_of(const MigrationFormat*) { return kMigrationFormats; }

/// Reads text into one field; returns what is wrong.
struct Assign {
  const Setting& setting;
  std::string_view text;

  template <class Value>
  std::optional<Fault> operator()(Value* field) const {
    std::vector<std::string_view> words;
    for (const auto& [name, value] : names_of(field)) {
      if (base::equals_ignoring_case(name, text)) {
        *field = value;
        return std::nullopt;
      }
      words.push_back(name);
    }
    return Fault{fmt::format("{} is not one of {}{}", shown_value(text), fmt::join(words, ", "),
                             base::did_you_mean(text, words)),
                 {}};
  }

  std::optional<Fault> operator()(milliseconds* field) const {
    const auto value = base::parse_duration(text);
    if (!value) {
      return Fault{
          fmt::format("{} is not a duration (a whole number with ms, s, m, h or d)", shown_value(text)), {}};
    }
    if (value->count() < setting.min || value->count() > setting.max) {
      return Fault{fmt::format("{} is outside {} to {}", shown_value(text),
                               base::format_duration(milliseconds{setting.min}),
                               base::format_duration(milliseconds{setting.max})),
                   {}};
    }
    *field = *value;
    return std::nullopt;
  }

  std::optional<Fault> operator()(std::int64_t* field) const {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure == std::errc::result_out_of_range ||
        (failure == std::errc{} && stop == end && (value < setting.min || value > setting.max))) {
      return Fault{fmt::format("{} is outside {} to {}", shown_value(text), setting.min, setting.max), {}};
    }
    if (failure != std::errc{} || stop != end)
      return Fault{fmt::format("{} is not a whole number", shown_value(text)), {}};
    *field = value;
    return std::nullopt;
  }

  std::optional<Fault> operator()(const OwnField& field) const {
    return field.assign(field.value, text, setting);
  }

  std::optional<Fault> operator()(bool* field) const {
    for (const std::string_view yes : {"true", "1", "yes", "on"}) {
      if (base::equals_ignoring_case(text, yes)) return *field = true, std::nullopt;
    }
    for (const std::string_view no : {"false", "0", "no", "off"}) {
      if (base::equals_ignoring_case(text, no)) return *field = false, std::nullopt;
    }
    return Fault{fmt::format("{} is neither true nor false", shown_value(text)), {}};
  }

  std::optional<Fault> operator()(std::string* field) const { return checked(field, std::string(text)); }
  std::optional<Fault> operator()(Secret* field) const {
    return checked(field,
                   Secret(std::string(text), setting.is_list ? Secret::Form::kList : Secret::Form::kOne));
  }

 private:
  template <class Value>
  std::optional<Fault> checked(Value* field, Value value) const {
    if (setting.check != nullptr && !text.empty()) {
      if (auto fault = setting.check(text)) return fault;
    }
    *field = std::move(value);
    return std::nullopt;
  }
};

struct TextOf {
  template <class Value>
  std::string operator()(const Value* field) const {
    for (const auto& [name, value] : names_of(field)) {
      if (value == *field) return std::string(name);
    }
    return {};
  }
  std::string operator()(const milliseconds* field) const { return base::format_duration(*field); }
  std::string operator()(const std::int64_t* field) const { return std::to_string(*field); }
  std::string operator()(const OwnField& field) const { return field.text_of(field.value); }
  std::string operator()(const bool* field) const { return *field ? "true" : "false"; }
  std::string operator()(const std::string* field) const { return redact_urls(*field); }
  std::string operator()(const Secret* field) const { return field->redacted(); }
};

}  // namespace

std::string shown_value(std::string_view value) {
  constexpr std::size_t kCharactersMax = 40;
  std::string text = redact_urls(value);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && (c < ' ' || c == 0x7f); }, '?');
  if (text.size() > kCharactersMax) text = text.substr(0, kCharactersMax) + "...";
  return fmt::format("`{}`", text);
}

std::optional<Fault> assign(const Setting& setting, Settings& target, std::string_view text) {
  if (auto fault = common_mistake(text)) return fault;
  return std::visit(Assign{setting, text}, setting.field(target));
}

std::string text_of(const Setting& setting, Settings& source) {
  return std::visit(TextOf{}, setting.field(source));
}

std::vector<Secret> secrets_of(const Settings& values) {
  Settings copy = values;
  std::vector<Secret> secrets;
  for (const auto& setting : settings()) {
    const Field field = setting.field(copy);
    const auto* secret = std::get_if<Secret*>(&field);
    if (secret != nullptr && !(*secret)->empty()) secrets.push_back(**secret);
  }
  return secrets;
}

std::string_view environment_name(Environment environment) {
  for (const auto& [name, value] : kEnvironments) {
    if (value == environment) return name;
  }
  return {};
}

const Setting* find_setting(std::string_view key) {
  const auto all = settings();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Setting& s) { return s.info.key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::span<const SettingInfo> setting_table() {
  static const std::vector<SettingInfo> infos = [] {
    std::vector<SettingInfo> result;
    for (const auto& setting : settings()) result.push_back(setting.info);
    return result;
  }();
  return infos;
}

}  // namespace bigocean::config
