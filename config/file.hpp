// Reads a small settings file.
#pragma once

#include <optional>
#include <string>

#include "config/fault.hpp"

namespace bigocean::config {

/// The file's bytes; nothing when the file does not exist. Anything that is not a readable regular file of at
/// most 1 MB is added to `faults` under the name `shown`.
std::optional<std::string> read_settings_file(const std::string& path, const std::string& shown,
                                              Faults& faults);

}  // namespace bigocean::config
