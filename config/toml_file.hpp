// Reads bigocean.toml and default.toml into the texts of the settings.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "config/fault.hpp"

namespace bigocean::config {

struct TomlValue {
  std::string text;  ///< as the setting's field reads it; a price as its shortest decimal
  std::size_t line = 0;
};

/// The values by dotted key; those of number tables as "prices.MODEL.NAME". Adds to `faults`: syntax errors
/// (file:line:column), unknown sections and keys (with the nearest known one), and values of a wrong TOML
/// type (both file:line).
std::map<std::string, TomlValue, std::less<>> parse_toml(std::string_view text, const std::string& file,
                                                         Faults& faults);

}  // namespace bigocean::config
