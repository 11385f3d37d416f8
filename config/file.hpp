// Reading a small settings file.
#pragma once

#include <optional>
#include <string>

#include "config/fault.hpp"

namespace bigocean::config {

/// The file's bytes; nothing when there is no such file. Anything that is not a readable regular file of at
/// most 1 MB is a fault under the name `shown`.
std::optional<std::string> read_settings_file(const std::string& path, const std::string& shown,
                                              Faults& faults);

}  // namespace bigocean::config
