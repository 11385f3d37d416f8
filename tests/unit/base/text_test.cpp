// Durations, sizes, suggestions.
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace text_test {

namespace base = bigocean::base;
using std::chrono::milliseconds;

TEST_CASE("durations are read strictly") {
  CHECK(base::parse_duration("0") == milliseconds(0));
  CHECK(base::parse_duration("250ms") == milliseconds(250));
  CHECK(base::parse_duration("2s") == milliseconds(2000));
  CHECK(base::parse_duration("5m") == milliseconds(300'000));
  CHECK(base::parse_duration("1h") == milliseconds(3'600'000));
  CHECK(base::parse_duration("1d") == milliseconds(86'400'000));
  CHECK(base::parse_duration("3660d").has_value());
  for (const char* bad : {"", "5", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1w", "3661d",
                          "1m30s", "99999999999999999999s", "9223372036854775807d", "0x1s"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(base::parse_duration(bad));
  }
}

TEST_CASE("durations are written in the shortest form that reads back") {
  CHECK(base::format_duration(milliseconds(0)) == "0");
  CHECK(base::format_duration(milliseconds(120'000)) == "2m");
  for (const long long value :
       {1LL, 999LL, 1000LL, 1500LL, 60'000LL, 90'000LL, 3'600'000LL, 86'400'000LL, 90'061'001LL}) {
    CHECK(base::parse_duration(base::format_duration(milliseconds(value))) == milliseconds(value));
  }
}

TEST_CASE("measured times and sizes are for people") {
  using std::chrono::microseconds;
  CHECK(base::format_elapsed(microseconds(1'234'567)) == "1.23 s");
  CHECK(base::format_elapsed(microseconds(125'000'000)) == "2 min 5 s");
  CHECK(base::format_elapsed(microseconds(7'260'000'000)) == "2 h 1 min");
  CHECK(base::format_bytes(312) == "312 B");
  CHECK(base::format_bytes(1024) == "1.0 KB");
  CHECK(base::format_bytes(1'468'006) == "1.4 MB");
}

TEST_CASE("the nearest word is one that can have been meant") {
  constexpr std::array<std::string_view, 4> kWords{"migrate", "serve", "check-db", "check-redis"};
  CHECK(base::nearest("migrat", kWords) == "migrate");
  CHECK(base::nearest("imgrate", kWords) == "migrate");
  CHECK(base::nearest("SERVE", kWords) == "serve");
  CHECK(base::nearest("check-bd", kWords) == "check-db");
  CHECK_FALSE(base::nearest("deploy", kWords));
  CHECK_FALSE(base::nearest("", kWords));
  CHECK(base::did_you_mean("sevre", kWords) == " (did you mean `serve`?)");
  CHECK(base::did_you_mean("zzz", kWords).empty());
}

TEST_CASE("letters and blanks, ASCII only") {
  CHECK(base::to_lower("AbZ-\xC3\x84") == "abz-\xC3\x84");
  CHECK(base::to_upper("abz1") == "ABZ1");
  CHECK(base::equals_ignoring_case("Content-Length", "content-length"));
  CHECK_FALSE(base::equals_ignoring_case("a", "ab"));
  CHECK(base::trim(" \t a b\r\n") == "a b");
  CHECK(base::trim(" \n").empty());
}

TEST_CASE("lists between commas, and numbers that are nothing but digits") {
  CHECK(base::comma_list("").empty());
  CHECK(base::comma_list(" , ,").empty());
  CHECK(base::comma_list(" a,b c ,, d") == std::vector<std::string_view>{"a", "b c", "d"});
  CHECK(base::parse_digits("0", 9) == 0);
  CHECK(base::parse_digits("65535", 65535) == 65535);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "65536", "99999999999999999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(base::parse_digits(bad, 65535));
  }
}

}  // namespace text_test
