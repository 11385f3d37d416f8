// Every rule finds its bad example and does not report its good one; docs/lint.md has all rules.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/unit/lint/linted.hpp"

namespace rules_test {

using namespace bigocean::sql::lint;
using bigocean::test::found;
using bigocean::test::Pending;

namespace {

const std::string kFixtures = BIGOCEAN_SOURCE_DIR "/tests/fixtures/lint/";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<Finding> findings_of(const std::string& path) {
  const Pending pending({read(path)});
  return lint(pending.files(), {});
}

bool has(const std::vector<Finding>& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.rule->id == rule; });
}

}  // namespace

TEST_CASE("every rule has a bad example that it finds and a good one that it does not") {
  for (const auto& rule : rules()) {
    CAPTURE(rule.id);
    const auto folder = kFixtures + std::string(rule.id);
    REQUIRE(std::filesystem::exists(folder + "/bad.sql"));
    REQUIRE(std::filesystem::exists(folder + "/good.sql"));
    const auto bad = findings_of(folder + "/bad.sql");
    CHECK(has(bad, rule.id));
    const auto good = findings_of(folder + "/good.sql");
    CHECK(!has(good, rule.id));
    CHECK(count(good, Level::kError) == 0);
    for (const auto& finding : bad) {
      CHECK(!finding.excerpt.empty());
      CHECK(finding.remedy.find('{') == std::string::npos);
    }
  }
}

TEST_CASE("there is no example without a rule") {
  for (const auto& folder : std::filesystem::directory_iterator(kFixtures))
    CHECK_MESSAGE(find_rule(folder.path().filename().string()) != nullptr, folder.path());
}

TEST_CASE("docs/lint.md has every rule with its level, and no other") {
  const auto text = read(BIGOCEAN_SOURCE_DIR "/docs/lint.md");
  const std::regex heading("\n### `([a-z-]+)` \\(([a-z]+)\\)\n");
  std::vector<std::string> documented, wanted;
  for (std::sregex_iterator at(text.begin(), text.end(), heading), end; at != end; ++at)
    documented.push_back((*at)[1].str() + " " + (*at)[2].str());
  for (const auto& rule : rules())
    wanted.push_back(std::string(rule.id) + " " + std::string(level_name(rule.level)));
  CHECK(documented == wanted);
}

TEST_CASE("an example in docs/lint.md is the one that the tests look at") {
  const auto text = read(BIGOCEAN_SOURCE_DIR "/docs/lint.md");
  for (const auto& rule : rules()) {
    CAPTURE(rule.id);
    for (const char* name : {"/bad.sql", "/good.sql"})
      CHECK(text.find("```sql\n" + read(kFixtures + std::string(rule.id) + name) + "```") !=
            std::string::npos);
  }
}

}  // namespace rules_test
