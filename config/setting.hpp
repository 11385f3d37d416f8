// The rows behind config::setting_table(): each setting with its field, its limits and its check.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/default_values.hpp"
#include "config/fault.hpp"
#include "config/settings.hpp"
#include "config/toml_file.hpp"

namespace bigocean::config {

struct Setting;

/// A field of a type that only its own floor knows. `assign` returns what is wrong with the text, or nothing.
struct OwnField {
  void* value = nullptr;
  std::optional<Fault> (*assign)(void* value, std::string_view text, const Setting& setting) = nullptr;
  std::string (*text_of)(const void* value) = nullptr;
};

/// The field of a Settings that a row fills; its type decides how text is read and written.
using Field = std::variant<Environment*, base::LogLevel*, LogFormatChoice*, MigrationFormat*, PreviewChoice*,
                           milliseconds*, std::int64_t*, bool*, std::string*, Secret*, OwnField>;

struct Setting {
  SettingInfo info;
  Field (*field)(Settings&);
  std::int64_t min = 0;  ///< inclusive; of integers, durations in milliseconds, own fields
  std::int64_t max = 0;
  std::string_view example{};  ///< a correct value, where the default is not one
  std::optional<Fault> (*check)(std::string_view value) = nullptr;
  bool is_list = false;  ///< of a secret: "name=value,name=value", of which each value is one
};

/// Another environment variable for a setting, read when the first is not set.
struct Alias {
  std::string_view environment;
  std::string_view key;
  /// The setting's text for the variable's value: nothing when the value is wrong, empty when it says nothing
  /// about this setting.
  std::optional<std::string> (*convert)(std::string_view value);
  std::string_view what;  ///< what a correct value is: "a number of seconds"
  std::string_view example;
  /// The variable is set for many programs: a value that this one cannot use is a warning, and counts as not
  /// set.
  bool is_shared = false;
};

/// The default of a setting on a platform, which is recognised by an environment variable.
struct PlatformDefault {
  std::string_view key;
  std::string_view variable;
  std::string_view value;
};

/// The input of read_tables(). Both maps are results of parse_toml().
struct TableSources {
  const std::map<std::string, TomlValue, std::less<>>& defaults;
  const std::map<std::string, TomlValue, std::less<>>& file;
  const std::string& file_name;
  Faults& faults;
  bool with_lines;  ///< whether read_tables() adds the lines that show the tables
};

/// The settings of one floor of the program.
struct Floor {
  std::span<const Setting> rows;
  std::span<const DefaultValue> defaults;  ///< of its own default.toml
  /// Makes the floor's part of `settings`, before any row is read.
  void (*prepare)(Settings& settings) = nullptr;
  /// Sections of TOML files that hold tables of numbers ("[prices.MODEL]") and have no rows.
  std::span<const std::string_view> number_tables{};
  /// Reads these tables, and adds their lines for `bigocean config` to `loaded`.
  void (*read_tables)(const TableSources& sources, Loaded& loaded) = nullptr;
  /// Fills in values that are still empty after all rows were read. Paths are relative to
  /// `working_directory`.
  void (*complete)(const std::string& working_directory, Settings& settings) = nullptr;
};

/// The rows of this floor: the settings of the toolkit.
Floor toolkit_floor();

/// The floors of this program, the lowest first. Each program or test that links these libraries defines this
/// function, so that no registry has to be filled before it is read.
std::span<const Floor> floors();

/// The rows of all floors.
std::span<const Setting> settings();
std::span<const Alias> aliases();
std::span<const PlatformDefault> platform_defaults();
const Setting* find_setting(std::string_view key);

/// Reads `text` into the setting's field. Returns what is wrong with the text, without showing a secret, or
/// nothing.
std::optional<Fault> assign(const Setting& setting, Settings& target, std::string_view text);

/// A wrong value as a message may show it: without credentials, printable, short, in backticks.
std::string shown_value(std::string_view value);

/// The field's value as text: secrets redacted, durations in their shortest form.
std::string text_of(const Setting& setting, Settings& source);

}  // namespace bigocean::config
