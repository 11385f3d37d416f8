// What stands in a default.toml, read when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace bigocean::config {

struct DefaultValue {
  std::string_view key;   ///< "log.level", "prices.MODEL.input"
  std::string_view text;  ///< as the setting's field reads it; of a price the shortest decimal
};

/// Those of this floor, in the order of the keys. Made by cmake/make_defaults.cpp.
std::span<const DefaultValue> default_values();

}  // namespace bigocean::config
