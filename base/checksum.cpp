// SHA-256 of a migration's text.
#include <nettle/sha2.h>

#include <array>
#include <cstdint>

#include "base/checksum.hpp"

namespace bigocean::base {

// Nettle instead of OpenSSL: libpq has loaded both, and OpenSSL's first hash costs over a millisecond of
// look-ups, which is much for a run without pending migrations.
struct Sha256::Context {
  sha256_ctx state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { sha256_init(&context_->state); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view piece) {
  sha256_update(&context_->state, piece.size(), reinterpret_cast<const std::uint8_t*>(piece.data()));
}

std::string Sha256::hex() const {
  auto state = context_->state;  // the digest ends the state that it is taken from
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> hash{};
  sha256_digest(&state, hash.size(), hash.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    hex += kHex[byte >> 4U];
    hex += kHex[byte & 0xFU];
  }
  return hex;
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

}  // namespace bigocean::base
