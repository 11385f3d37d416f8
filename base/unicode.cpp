// UTF-8 text, read code point by code point.
#include "base/unicode.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bigocean::base {
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

struct Range {
  char32_t first;
  char32_t last;
};

/// Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt), and the Braille pattern without
/// dots.
constexpr std::array kInvisible{Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},   Range{0x061C, 0x061C},
                                Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
                                Range{0x200B, 0x200F},   Range{0x202A, 0x202E},   Range{0x2060, 0x206F},
                                Range{0x2800, 0x2800},   Range{0x3164, 0x3164},   Range{0xFE00, 0xFE0F},
                                Range{0xFEFF, 0xFEFF},   Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFF8},
                                Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF}};

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

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

bool is_invisible(char32_t point) {
  return is_blank(point) || std::any_of(kInvisible.begin(), kInvisible.end(), [&](const Range& range) {
           return point >= range.first && point <= range.last;
         });
}

bool is_bidi_control(char32_t point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool is_forbidden(char32_t point) {
  return (is_control(point) && point != '\n' && point != '\t') || is_bidi_control(point);
}

bool is_blank_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!is_invisible(point) && !is_control(point)) return false;
  }
  return true;
}

std::string with_line_feeds(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      result += '\n';
    }
  }
  return result;
}

std::string TextCleaner::take(std::string_view piece) {
  std::string result;
  result.reserve(piece.size());
  while (!piece.empty()) {
    if (!begins_valid(piece)) {
      result += kReplacement;
      piece.remove_prefix(1);
      after_cr_ = false;
      continue;
    }
    const auto rest = piece;
    const auto point = take_code_point(piece);
    const bool is_second_half = std::exchange(after_cr_, point == '\r') && point == '\n';
    if (is_second_half) continue;
    if (point == '\r') {
      result += '\n';
    } else if (!is_forbidden(point)) {
      result += rest.substr(0, rest.size() - piece.size());
    }
  }
  return result;
}

std::string clean_text(std::string_view text) { return TextCleaner().take(text); }

}  // namespace bigocean::base
