// SHA-256 of a migration's text.
#include <nettle/sha2.h>

#include <array>
#include <cstdint>

#include "sql/checksum.hpp"

namespace bigocean::sql {

// Nettle and not OpenSSL: libpq has both loaded already, and OpenSSL's first hash costs over a millisecond of
// look-ups, which is much for a run that has nothing to do.
std::string sha256_hex(std::string_view text) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> hash{};
  sha256_digest(&context, hash.size(), hash.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    hex += kHex[byte >> 4U];
    hex += kHex[byte & 0xFU];
  }
  return hex;
}

}  // namespace bigocean::sql
