// UTF-8: invalid text, the place of its error, and code points.
#include "base/unicode.hpp"

#include <doctest/doctest.h>

#include <string>

namespace bigocean::base::unicode_test {
namespace {

using namespace std::string_literals;

/// A code point by the rule, not by our code.
std::string encoded(char32_t point) {
  const auto tail = [](char32_t bits) { return static_cast<char>(0x80U | (bits & 0x3FU)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), tail(point)};
  if (point < 0x10000) return {static_cast<char>(0xE0U | point >> 12U), tail(point >> 6U), tail(point)};
  return {static_cast<char>(0xF0U | point >> 18U), tail(point >> 12U), tail(point >> 6U), tail(point)};
}

TEST_CASE("every code point but the surrogates is valid, and comes back") {
  std::string all;
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point < 0xD800 || point > 0xDFFF) all += encoded(point);
  }
  CHECK_FALSE(find_invalid_utf8(all));
  CHECK(count_code_points(all) == 0x110000 - 0x800);
  std::string_view rest = all;
  bool same = true;
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point < 0xD800 || point > 0xDFFF) same = same && take_code_point(rest) == point;
  }
  CHECK(same);
  CHECK(rest.empty());
}

TEST_CASE("no surrogate is valid, and nothing beyond U+10FFFF") {
  for (char32_t point = 0xD800; point <= 0xDFFF; ++point) CHECK(find_invalid_utf8(encoded(point)) == 0);
  CHECK(find_invalid_utf8(encoded(0x110000)) == 0);
}

TEST_CASE("malformed sequences are found where they begin") {
  for (const auto& bad : {"\x80"s, "\xBF"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC3"s, "\xC3("s, "\xE0\x9F\xBF"s,
                          "\xE2\x82"s, "\xE2(\xA1"s, "\xF0\x8F\xBF\xBF"s, "\xF0\x9F\x98"s,
                          "\xF5\x80\x80\x80"s, "\xFE"s, "\xFF"s, "\xF0\x9F\x98("s}) {
    CAPTURE(bad);
    CHECK(find_invalid_utf8(bad) == 0);
    CHECK(find_invalid_utf8("h\xC3\xA9 " + bad) == 4);
    CHECK(find_invalid_utf8("h\xC3\xA9 " + bad + " more") == 4);
  }
}

TEST_CASE("control characters and blanks") {
  for (const unsigned point : {0x00U, 0x07U, 0x1BU, 0x1FU, 0x7FU, 0x80U, 0x85U, 0x9FU})
    CHECK(is_control(point));
  for (const unsigned point : {0x20U, 0x7EU, 0xA0U, 0xADU, 0x2028U}) CHECK_FALSE(is_control(point));
  for (const unsigned point : {0x09U, 0x0AU, 0x20U, 0xA0U, 0x2003U, 0x3000U, 0xFEFFU}) CHECK(is_blank(point));
  for (const unsigned point : {0x08U, 0x21U, 0x200BU, 0x1F600U}) CHECK_FALSE(is_blank(point));
}

TEST_CASE("what shows nothing is blank, whatever it is made of") {
  for (const auto& blank :
       {""s, " \n\t"s, encoded(0x200B), encoded(0x200D) + encoded(0xFE0F), encoded(0x2060) + " ",
        encoded(0xFEFF), encoded(0x202E) + encoded(0x202C), encoded(0xAD), encoded(0x3164), encoded(0x2800),
        encoded(0xE0041), encoded(0x061C), "\x01"s, encoded(0x3000)}) {
    CAPTURE(blank);
    CHECK(is_blank_text(blank));
    CHECK_FALSE(is_blank_text(blank + "a"));
    CHECK_FALSE(is_blank_text(encoded(0x1F600) + blank));
  }
}

TEST_CASE("the rule for text: what it forbids, and what right-to-left scripts and emoji need") {
  for (const unsigned point : {0x00U, 0x0DU, 0x1BU, 0x7FU, 0x9BU, 0x202AU, 0x202EU, 0x2066U, 0x2069U})
    CHECK(is_forbidden(point));
  for (const unsigned point : {0x09U, 0x0AU, 0x20U, 0x200DU, 0x200EU, 0x200FU, 0x061CU, 0xFE0FU, 0x5D0U})
    CHECK_FALSE(is_forbidden(point));
}

TEST_CASE("a text is cleaned to the same, in whatever pieces it comes") {
  const std::string text = "a\r\nb\rc\r\r\n\n\x1B[31md" + encoded(0x202E) + "e" + encoded(0x2069) + "\t" +
                           encoded(0x200F) + encoded(0x1F469) + encoded(0x200D) + "\r";
  const std::string clean =
      "a\nb\nc\n\n\n[31mde\t" + encoded(0x200F) + encoded(0x1F469) + encoded(0x200D) + "\n";
  CHECK(clean_text(text) == clean);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    if (cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) continue;
    TextCleaner cleaner;
    auto pieces = cleaner.take(text.substr(0, cut));
    pieces += cleaner.take(text.substr(cut));
    CHECK(pieces == clean);
  }
  CHECK(clean_text("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(with_line_feeds("\r\na\r\r\n\rb\n") == "\na\n\n\nb\n");
}

}  // namespace
}  // namespace bigocean::base::unicode_test
