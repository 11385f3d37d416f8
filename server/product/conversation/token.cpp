// 256 bits, written in 43 characters.
#include "server/product/conversation/token.hpp"

#include <sys/random.h>

#include <array>
#include <cstdint>

#include "base/checksum.hpp"
#include "base/error.hpp"

namespace bigocean::server::conversation {

std::string make_token() {
  std::array<std::uint8_t, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw base::Error(base::ExitCode::kInternal, "the kernel gave no random bytes");
  }
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    pending = (pending << 8U) | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[(pending >> (bits - 6)) & 63U];
  }
  if (bits > 0) text += kAlphabet[(pending << (6 - bits)) & 63U];
  return text;
}

std::string token_hash(std::string_view token) { return base::sha256_hex(token); }

}  // namespace bigocean::server::conversation
