// Files of the form .env: NAME=value lines.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "config/fault.hpp"

namespace bigocean::config {

struct EnvFileValue {
  std::string text;
  std::size_t line = 0;
};

/// Reads `text`: blank lines, # comments, [export ]NAME=value. A value is bare (up to the end of the line or
/// " #"), 'literal', or "with \n \t \" \\ \$ escapes"; nothing is expanded. If a name is given twice, the
/// later line counts. Malformed lines are added to `faults` as file:line, without the value.
std::map<std::string, EnvFileValue, std::less<>> parse_env_file(std::string_view text,
                                                                const std::string& file, Faults& faults);

}  // namespace bigocean::config
