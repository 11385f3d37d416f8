// UTF-8: what is none, where it goes wrong, and what code points are.
#include "server/rpc/unicode.hpp"

#include <doctest/doctest.h>

#include <string>

namespace bigocean::server::rpc {
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

}  // namespace
}  // namespace bigocean::server::rpc
