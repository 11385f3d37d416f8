// Lists of names and values: "name=value,name=value".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bigocean::config {

/// As OpenTelemetry's variables write them: names and values are percent-encoded, blanks around both do not
/// count. Nothing if a part has no name, no "=", or is encoded wrongly.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_key_values(std::string_view text);

}  // namespace bigocean::config
