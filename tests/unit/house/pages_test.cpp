// CONTRIBUTING.md and docs/README.md, compared with the tree: their lists are complete.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace pages_test {

namespace {

namespace fs = std::filesystem;

const fs::path kRoot(BIGOCEAN_SOURCE_DIR);

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(kRoot / path, std::ios::binary).rdbuf();
  return text.str();
}

/// What stands in backticks.
std::vector<std::string> quoted(const std::string& text) {
  static const std::regex kQuoted("`([^`]+)`");
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), kQuoted), end; at != end; ++at)
    found.push_back((*at)[1].str());
  return found;
}

bool mentions(const std::string& text, const std::string& word) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto after = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (after == text.size() || !is_part(text[after]))) return true;
  }
  return false;
}

/// The files of the floors and of docs/ that have any of the words.
std::set<std::string> files_with(const std::vector<std::string>& words) {
  std::set<std::string> found;
  for (const char* folder : {"base", "config", "redis", "sql", "server", "cli", "docs"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto path = entry.path().lexically_relative(kRoot).string();
      if (path.starts_with("server/product/web/dist/")) continue;  // built of what is listed
      const auto text = read(path);
      for (const auto& word : words) {
        if (mentions(text, word)) found.insert(path);
      }
    }
  }
  return found;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += name + "\n";
  return text;
}

}  // namespace

TEST_CASE("CONTRIBUTING.md lists every file that an example of something is named in") {
  const auto page = read("CONTRIBUTING.md");
  const std::regex row("\\n\\| ([a-z][^|]*) \\| (`[^|]+) \\| ([^|]+) \\|");
  int rows = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at, ++rows) {
    CAPTURE((*at)[1].str());
    const auto files = quoted((*at)[3]);
    CHECK(joined({files.begin(), files.end()}) == joined(files_with(quoted((*at)[2]))));
  }
  CHECK(rows == 6);
}

TEST_CASE("docs/README.md leads to every page, and to nothing that is not there") {
  const auto page = read("docs/README.md");
  static const std::regex kLink("\\]\\(([^)]+)\\)");
  std::set<std::string> linked, there;
  for (std::sregex_iterator at(page.begin(), page.end(), kLink), end; at != end; ++at)
    if (const auto name = (*at)[1].str(); !name.starts_with("../")) linked.insert(name);
  for (const auto& entry : fs::directory_iterator(kRoot / "docs")) {
    const auto name = entry.path().filename().string();
    if (entry.is_regular_file() && name != "README.md") there.insert(name);
  }
  CHECK(joined(linked) == joined(there));
}

TEST_CASE("no page has the marks of a merge that was not finished") {
  std::set<std::string> marked;
  for (const auto* folder : {".", "docs"}) {
    for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
      if (entry.path().extension() != ".md") continue;
      const auto path = entry.path().lexically_relative(kRoot);
      const auto text = read(path);
      for (const char* mark : {"\n<<<<<<< ", "\n>>>>>>> "})
        if (text.find(mark) != text.npos) marked.insert(path.string());
    }
  }
  CHECK(joined(marked).empty());
}

TEST_CASE("README.md shows as many migrations as there are") {
  const auto page = read("README.md");
  const auto files = fs::directory_iterator(kRoot / "sql/migrations");
  const auto number = std::to_string(std::distance(begin(files), end(files)));
  static const std::regex kShown("([0-9]+) (migrations|applied)[ ,]");
  int shown = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), kShown), end; at != end; ++at, ++shown) {
    CAPTURE((*at)[0].str());
    CHECK((*at)[1].str() == number);
  }
  CHECK(shown >= 5);
}

TEST_CASE("the glossary has at most 25 words") {
  const auto page = read("ARCHITECTURE.md");
  const auto glossary = page.substr(page.find("## Glossary"));
  REQUIRE(glossary.size() < page.size());
  const auto lines = std::count(glossary.begin(), glossary.end(), '\n');
  CHECK(lines > 20);
  CHECK(lines - 4 <= 25);  // a heading, a blank line and two lines of the table's head
}

}  // namespace pages_test
