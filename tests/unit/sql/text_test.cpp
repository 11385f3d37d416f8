// Bytes into text: BOM, line ends, UTF-8, checksum.
#include "sql/migrate/source/text.hpp"
#include "base/checksum.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace text_test {

using namespace bigocean::sql::migrate;

namespace {

std::string refusal(const std::string& bytes) {
  try {
    normalize(bytes, "1_x.sql");
  } catch (const bigocean::base::Error& error) {
    CHECK(error.code == bigocean::base::ExitCode::kUsage);
    CHECK(!error.hint.empty());
    return error.message;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a text has no BOM and LF line ends") {
  CHECK(normalize("", "x").empty());
  CHECK(normalize("a\nb\n", "x") == "a\nb\n");
  CHECK(normalize("\xEF\xBB\xBF"
                  "a",
                  "x") == "a");
  CHECK(normalize("a\r\nb\r\n\r\nc\r", "x") == "a\nb\n\nc\r");
  CHECK(normalize("a\rb\r\r\nc", "x") == "a\rb\r\nc");
  CHECK(normalize("\r\n", "x") == "\n");
}

TEST_CASE("valid UTF-8 of every length passes, at every place in a word") {
  for (const std::string sequence :
       {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    for (std::size_t shift = 0; shift < 10; ++shift) {
      const std::string text = std::string(shift, 'a') + sequence + std::string(9 - shift, 'b');
      CHECK(normalize(text, "x") == text);
    }
  }
}

TEST_CASE("invalid UTF-8 is refused with its byte and line") {
  const std::vector<std::string> bad{"\x80",
                                     "\xBF",
                                     "\xC0\x80",
                                     "\xC1\xBF",
                                     "\xC2",
                                     "\xC2\x41",
                                     "\xE0\x9F\xBF",
                                     "\xE2\x82",
                                     "\xE2\x28\xA1",
                                     "\xED\xA0\x80",
                                     "\xED\xBF\xBF",
                                     "\xF0\x8F\xBF\xBF",
                                     "\xF0\x9F\x92",
                                     "\xF4\x90\x80\x80",
                                     "\xF5\x80\x80\x80",
                                     "\xFE",
                                     "\xFF"};
  for (const std::string& sequence : bad) {
    for (std::size_t shift = 0; shift < 10; ++shift) {
      const std::string message = refusal("ab\n" + std::string(shift, 'a') + sequence);
      CHECK(message.find("1_x.sql:2: invalid UTF-8 (0x") == 0);
      CHECK(message.find("at byte " + std::to_string(4 + shift)) != std::string::npos);
    }
  }
}

TEST_CASE("NUL bytes and UTF-16 are told apart from bad UTF-8") {
  CHECK(refusal(std::string("a\n\0b", 4)) == "1_x.sql:2: a NUL byte at byte 3");
  CHECK(refusal("\xFF\xFE"
                "a") == "1_x.sql:1: the file is UTF-16 at byte 1");
  CHECK(refusal("\xEF\xBB\xBF"
                "a\xFF") == "1_x.sql:1: invalid UTF-8 (0xFF) at byte 5");
  CHECK(refusal(std::string("\x7F"
                            "ELF\x02\x01\x01\0\0",
                            9)) == "1_x.sql:1: a NUL byte at byte 8");
}

TEST_CASE("the data of a binary COPY is kept as it is") {
  const std::string data("PGCOPY\n\xFF\r\n\0\0\0\r\n\xFF\xFF", 18);
  CHECK(normalize("copy t from stdin (format binary);\r\n" + data, "x") ==
        "copy t from stdin (format binary);\n" + data);
  CHECK(refusal("select '" + data) != "accepted");
}

TEST_CASE("checksums are SHA-256 in lower-case hex") {
  CHECK(bigocean::base::sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(bigocean::base::sha256_hex("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(bigocean::base::sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace text_test
