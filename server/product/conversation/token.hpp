// Unguessable ids: session tokens and shared profiles.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::server::conversation {

/// 256 random bits from the kernel as 43 characters of base64url. Throws base::Error(kInternal) if the kernel
/// returns none.
std::string make_token();

/// The hash that is stored instead of a token, as 64 hex digits. Tokens are random and long, so a fast hash
/// is enough.
std::string token_hash(std::string_view token);

}  // namespace bigocean::server::conversation
