// UTF-8, looked at code point by code point.
#include "server/rpc/unicode.hpp"

#include <algorithm>

namespace bigocean::server::rpc {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool is_tail(unsigned byte) { return (byte & 0xC0U) == 0x80; }

/// Bytes of the sequence that begins with `lead`; 0 when none does.
std::size_t length_of(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;  // a tail, or an overlong pair
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

/// What the second byte excludes: overlong forms, surrogates, and what lies beyond U+10FFFF.
bool is_second(unsigned lead, unsigned second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

bool begins_valid(std::string_view text) {
  const auto length = length_of(byte_at(text, 0));
  if (length == 0 || length > text.size()) return false;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_tail(byte_at(text, i))) return false;
  }
  return length == 1 || is_second(byte_at(text, 0), byte_at(text, 1));
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += length_of(byte_at(text, at))) {
    if (!begins_valid(text.substr(at))) return at;
  }
  return std::nullopt;
}

char32_t take_code_point(std::string_view& text) {
  const auto lead = byte_at(text, 0);
  const auto length = std::clamp<std::size_t>(length_of(lead), 1, text.size());
  char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6U | (byte_at(text, i) & 0x3FU);
  text.remove_prefix(length);
  return point;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return !is_tail(static_cast<unsigned char>(c)); }));
}

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

bool is_blank(char32_t point) {
  return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
         point == 0x205F || point == 0x3000 || point == 0xFEFF;
}

}  // namespace bigocean::server::rpc
