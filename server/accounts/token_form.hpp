// The form of a signed token (JWT in its compact form, RFC 7515, 7.1): three parts of base64url.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace bigocean::server::accounts {

inline constexpr std::size_t kTokenBytesMax = 8192;

/// Splits a token into header, claims and signature; nothing when it does not have three parts.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token);

/// Whether `text` has the form of a signed token: three parts of base64url, kTokenBytesMax at most.
bool is_signed_token(std::string_view text);

}  // namespace bigocean::server::accounts
