// Lint reads 200 varied files without a crash and gives the same result twice.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/error.hpp"
#include "tests/unit/lint/linted.hpp"

namespace variety_test {

using bigocean::test::found;

namespace {

std::vector<std::string> fixtures() {
  std::vector<std::string> texts;
  for (const char* folder : {"/tests/fixtures/sql", "/tests/fixtures/lint", "/sql/migrations"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(BIGOCEAN_SOURCE_DIR + std::string(folder))) {
      if (!entry.is_regular_file()) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      texts.push_back(text.str());
    }
  }
  return texts;
}

/// Pieces of two texts joined where their lines end, so that most of it still is SQL.
std::string crossed(const std::string& a, const std::string& b, std::mt19937& random) {
  const auto cut = [&](const std::string& text) {
    const auto at = text.find('\n', random() % (text.size() + 1));
    return at == std::string::npos ? text.size() : at + 1;
  };
  return a.substr(0, cut(a)) + b.substr(cut(b));
}

/// What lint says, or the error of a text that is no migration.
std::vector<std::string> outcome(const std::string& text) {
  try {
    return found({text});
  } catch (const bigocean::base::Error& error) {
    return {error.message};
  }
}

}  // namespace

TEST_CASE("200 varied files") {
  auto texts = fixtures();
  REQUIRE(texts.size() > 80);
  std::mt19937 random(4);
  for (const auto originals = texts; texts.size() < 240;)
    texts.push_back(
        crossed(originals[random() % originals.size()], originals[random() % originals.size()], random));
  std::size_t judged = 0;
  for (const auto& text : texts) {
    const auto first = outcome(text);
    CHECK(first == outcome(text));
    judged += first.size() == 1 && first[0].find(' ') == std::string::npos ? 0U : 1U;
  }
  CHECK(judged >= 200);
}

}  // namespace variety_test
