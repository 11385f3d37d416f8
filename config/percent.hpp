// Percent-encoding as URLs have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bigocean::config {

/// "p%40ss" → "p@ss". Empty result: a % without two hex digits behind it, or an encoded NUL.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace bigocean::config
