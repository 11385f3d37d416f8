// A migration file's bytes made into text: BOM, line ends, UTF-8.
#include "sql/migrate/source/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/error.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

/// Length of the valid UTF-8 sequence at `at` (RFC 3629: shortest form, no surrogates, up to U+10FFFF), or 0.
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t n) -> unsigned {
    return at + n < bytes.size() ? static_cast<unsigned char>(bytes[at + n]) : 0U;
  };
  const auto follows = [&](std::size_t n) { return (byte(n) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

/// Offset of the first invalid sequence, or npos. Eight ASCII bytes at a time where it can.
std::size_t find_invalid(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t eight = 0;
    if (at + sizeof eight <= bytes.size()) {
      std::memcpy(&eight, bytes.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080U) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = sequence_length(bytes, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

[[noreturn]] void refuse(std::string_view file, std::string_view bytes, std::size_t at, std::string_view what,
                         std::string hint) {
  const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}:{}: {} at byte {}", file, line, what, at + 1),
                    std::move(hint));
}

void check(std::string_view text, std::string_view bytes, std::string_view file) {
  const auto offset = static_cast<std::size_t>(text.data() - bytes.data());
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    refuse(file, bytes, offset, "the file is UTF-16", "save it as UTF-8");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    refuse(file, bytes, offset + nul, "a NUL byte", "this is not SQL text; is it a binary or a UTF-16 file?");
  }
  if (const std::size_t bad = find_invalid(text); bad != std::string_view::npos) {
    const auto value = static_cast<unsigned>(static_cast<unsigned char>(text[bad]));
    refuse(file, bytes, offset + bad, fmt::format("invalid UTF-8 (0x{:02X})", value),
           "save the file as UTF-8");
  }
}

}  // namespace

std::string normalize(std::string_view bytes, std::string_view file) {
  std::string_view text = bytes;
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  std::string_view binary;
  if (const std::size_t at = text.find(kBinaryCopySignature);
      at != std::string_view::npos && at > 0 && text[at - 1] == '\n') {
    binary = text.substr(at);
    text = text.substr(0, at);
  }
  check(text, bytes, file);
  std::string result;
  result.reserve(text.size() + binary.size());
  std::size_t at = 0;
  for (std::size_t cr = text.find('\r'); cr != std::string_view::npos; cr = text.find('\r', cr + 1)) {
    if (cr + 1 < text.size() && text[cr + 1] == '\n') {
      result.append(text, at, cr - at);
      at = cr + 1;
    }
  }
  result.append(text, at, std::string_view::npos);
  result.append(binary);
  return result;
}

}  // namespace bigocean::sql::migrate
