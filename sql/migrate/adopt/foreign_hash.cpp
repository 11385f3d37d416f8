// Hashes that other tools keep of their files.
#include "sql/migrate/adopt/foreign_hash.hpp"
#include "base/checksum.hpp"

#include <fmt/format.h>
#include <nettle/sha2.h>
#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace bigocean::sql::migrate {
namespace {

std::string sha384_hex(std::string_view text) {
  sha384_ctx context;
  sha384_init(&context);
  sha384_update(&context, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, SHA384_DIGEST_SIZE> hash{};
  sha384_digest(&context, hash.size(), hash.data());
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

/// CRC-32 (ISO 3309) over the lines, as a signed number.
std::string flyway_crc32(std::string_view bytes) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (bytes.starts_with(kBom)) bytes.remove_prefix(kBom.size());
  boost::crc_32_type crc;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n", begin), bytes.size());
    crc.process_bytes(bytes.data() + begin, end - begin);
    begin = end + 1;
  }
  return std::to_string(static_cast<std::int32_t>(crc.checksum()));
}

std::string with_lf(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r' || i + 1 == bytes.size() || bytes[i + 1] != '\n') text += bytes[i];
  }
  return text;
}

std::string with_crlf(std::string_view bytes) {
  std::string text;
  for (const char c : with_lf(bytes)) {
    if (c == '\n') text += '\r';
    text += c;
  }
  return text;
}

}  // namespace

bool hash_fits(ForeignHash kind, std::string_view bytes, std::string_view hash) {
  if (kind == ForeignHash::kNone) return true;
  if (kind == ForeignHash::kFlywayCrc32) return hash == flyway_crc32(bytes);
  const auto hex = kind == ForeignHash::kSha256 ? base::sha256_hex : sha384_hex;
  return hash == hex(bytes) || hash == hex(with_lf(bytes)) || hash == hex(with_crlf(bytes));
}

std::string_view hash_name(ForeignHash kind) {
  switch (kind) {
    case ForeignHash::kSha256:
      return "SHA-256";
    case ForeignHash::kSha384:
      return "SHA-384";
    case ForeignHash::kFlywayCrc32:
      return "CRC32";
    case ForeignHash::kNone:
      break;
  }
  return "none";
}

}  // namespace bigocean::sql::migrate
