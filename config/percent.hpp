// Percent-encoding of URLs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bigocean::config {

/// "p%40ss" → "p@ss". Returns nothing for a % without two hex digits after it, and for an encoded NUL.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace bigocean::config
