// Dollars as text: exact in both directions, and text that is not an amount is refused.
#include "server/llm/dollars.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <utility>

namespace bigocean::server::llm::dollars_text_test {
namespace {

TEST_CASE("amounts are read to the last nano-dollar") {
  const std::pair<const char*, std::int64_t> amounts[] = {
      {"75", 75'000'000'000}, {"0.15", 150'000'000},          {"0", 0},
      {"0.000000001", 1},     {"1.000000010", 1'000'000'010}, {"1000000000", 1'000'000'000'000'000'000}};
  for (const auto& [text, nano] : amounts) {
    CAPTURE(text);
    CHECK(parse_dollars(text) == nano);
  }
}

TEST_CASE("what is no amount is refused") {
  for (const char* text :
       {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "$1", "0x10", "1.0000000001", "1.2.3",
        "1000000001", "1000000000.000000001", "99999999999999999999", "nan", "1.-5"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_dollars(text).has_value());
  }
}

TEST_CASE("amounts are written in the shortest form that is read back exactly") {
  CHECK(format_dollars(0) == "0");
  CHECK(format_dollars(150'000'000) == "0.15");
  CHECK(format_dollars(1) == "0.000000001");
  CHECK(format_dollars(-1'500'000'000) == "-1.5");
  CHECK(format_dollars(std::numeric_limits<std::int64_t>::min()) == "-9223372036.854775808");
  std::mt19937_64 random(7);
  for (int i = 0; i < 10000; ++i) {
    const auto nano = std::uniform_int_distribution<std::int64_t>(0, 1'000'000'000'000'000'000)(random);
    REQUIRE(parse_dollars(format_dollars(nano)) == nano);
  }
}

}  // namespace
}  // namespace bigocean::server::llm::dollars_text_test
