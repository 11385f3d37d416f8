// The allowed includes between the rooms of the assessment and of the models.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace rooms_test {

namespace {

namespace fs = std::filesystem;

std::set<std::string> includes_of(const fs::path& file) {
  static const std::regex kInclude("^#include \"([^\"]+)\"");
  std::set<std::string> found;
  std::ifstream stream(file);
  REQUIRE(stream.good());
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(line, match, kInclude)) found.insert(match[1]);
  }
  return found;
}

// The bank of questions and how answers are read: all that a model may know of the assessment.
const std::set<std::string> kShared{"server/product/assessment/facets.hpp",
                                    "server/product/assessment/language.hpp",
                                    "server/product/assessment/bank.hpp",
                                    "server/product/assessment/questions.hpp",
                                    "server/product/assessment/folded.hpp",
                                    "server/product/assessment/agreement.hpp",
                                    "server/product/assessment/agreement_clauses.hpp",
                                    "server/product/assessment/agreement_words.hpp"};

}  // namespace

TEST_CASE("models know the bank of questions of the assessment, and that knows no models") {
  const fs::path server = fs::path(BIGOCEAN_SOURCE_DIR) / "server";
  std::size_t looked_at = 0;
  for (const auto& entry : fs::directory_iterator(server / "llm")) {
    for (const auto& include : includes_of(entry.path())) {
      ++looked_at;
      CHECK_MESSAGE((!include.starts_with("server/product/assessment/") || kShared.contains(include)),
                    (entry.path().filename().string() + " includes " + include));
    }
  }
  CHECK(looked_at > 0);
  for (const auto& header : kShared) {
    for (const fs::path& file :
         {server.parent_path() / header, (server.parent_path() / header).replace_extension(".cpp")}) {
      if (!fs::exists(file)) continue;
      for (const auto& include : includes_of(file)) {
        CHECK_MESSAGE((include.starts_with("base/") || kShared.contains(include)),
                      (file.filename().string() + " includes " + include));
      }
    }
  }
}

TEST_CASE("the assessment does no I/O: it includes neither stores nor HTTP") {
  for (const auto& entry :
       fs::directory_iterator(fs::path(BIGOCEAN_SOURCE_DIR) / "server" / "product" / "assessment")) {
    for (const auto& include : includes_of(entry.path())) {
      const bool pure = include.starts_with("base/") || include.starts_with("server/product/assessment/") ||
                        include == "server/llm/chat_model.hpp" || include == "server/llm/usage.hpp";
      CHECK_MESSAGE(pure, (entry.path().filename().string() + " includes " + include));
    }
  }
}

}  // namespace rooms_test
