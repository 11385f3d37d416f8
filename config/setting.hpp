// The rows behind config::setting_table(): each setting with its field, its limits and its check.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/fault.hpp"
#include "config/settings.hpp"

namespace bigocean::config {

/// The field of a Settings that a row fills; its type decides how text is read and written.
using Field = std::variant<Environment*, base::LogLevel*, LogFormatChoice*, MigrationFormat*, milliseconds*,
                           std::int64_t*, Dollars*, bool*, std::string*, Secret*>;

struct Setting {
  SettingInfo info;
  Field (*field)(Settings&);
  std::int64_t min = 0;  ///< inclusive; of integers, durations in milliseconds, nano-dollars
  std::int64_t max = 0;
  std::string_view example{};  ///< a right value, where the default is none
  std::optional<Fault> (*check)(std::string_view value) = nullptr;
};

/// A second environment variable for a setting, asked after the first.
struct Alias {
  std::string_view environment;
  std::string_view key;
  /// The setting's text for the variable's value; empty when the value is wrong.
  std::optional<std::string> (*convert)(std::string_view value);
  std::string_view what;  ///< what a right value is: "a number of seconds"
  std::string_view example;
};

/// The value of a setting that is not set, where a variable of the platform is present.
struct PlatformDefault {
  std::string_view key;
  std::string_view variable;
  std::string_view value;
};

std::span<const Setting> settings();
std::span<const Alias> aliases();
std::span<const PlatformDefault> platform_defaults();
const Setting* find_setting(std::string_view key);

/// Reads `text` into the setting's field; returns what is wrong with it, without showing a secret.
std::optional<Fault> assign(const Setting& setting, Settings& target, std::string_view text);

/// The field's value for people: secrets redacted, durations in their shortest form.
std::string text_of(const Setting& setting, Settings& source);

}  // namespace bigocean::config
