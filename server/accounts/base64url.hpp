// Base64url without padding (RFC 4648, 5; RFC 7515, 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bigocean::server::accounts {

/// Decodes `text`; nothing for a text that no encoder writes: another alphabet, padding, left-over bits.
std::optional<std::string> from_base64url(std::string_view text);

std::string to_base64url(std::string_view bytes);

}  // namespace bigocean::server::accounts
