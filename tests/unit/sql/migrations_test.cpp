// The product's own migrations as text: names, marks, our rules, the 81 archetypes, the 30 facets.
#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/embedded_file.hpp"

namespace bigocean::sql {
std::span<const base::EmbeddedFile> embedded_migrations();
}

namespace migrations_test {

namespace {

using bigocean::base::EmbeddedFile;

std::vector<EmbeddedFile> files() {
  const auto embedded = bigocean::sql::embedded_migrations();
  return {embedded.begin(), embedded.end()};
}

std::string text_of(const std::string& verb_noun) {
  for (const EmbeddedFile& file : files()) {
    if (file.name.ends_with("_" + verb_noun + ".sql")) return std::string(file.text);
  }
  FAIL("no migration " << verb_noun);
  return {};
}

std::string without_comments(const std::string& sql) {
  return std::regex_replace(sql, std::regex("--[^\n]*"), "");
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

std::vector<std::smatch> matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

struct Archetype {
  std::string name;
  std::string description;
};

std::map<std::string, Archetype> archetypes() {
  const std::string text = text_of("seed_archetypes");
  const std::regex row(R"(\('([A-Z]{4})', '([^'\n]+)',\n   '((?:[^'\n]|'')+)'\))");
  std::map<std::string, Archetype> found;
  for (const std::smatch& match : matches(text, row)) {
    const bool is_new = found.emplace(match[1], Archetype{match[2], match[3]}).second;
    CHECK_MESSAGE(is_new, "code twice: " << match[1].str());
  }
  return found;
}

}  // namespace

TEST_CASE("migrations are named by UTC stamp, verb and noun, in rising order") {
  const auto all = files();
  REQUIRE(all.size() >= 6);
  const std::regex form(
      R"(20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d){2}_[a-z]+(_[a-z0-9]+)+\.sql)");
  std::string previous;
  for (const EmbeddedFile& file : all) {
    const std::string name(file.name);
    CAPTURE(name);
    CHECK(std::regex_match(name, form));
    CHECK(name.substr(0, 14) > previous);
    previous = name.substr(0, 14);
  }
}

TEST_CASE("every migration says why, goes up and really comes down") {
  for (const EmbeddedFile& file : files()) {
    const std::string text(file.text);
    CAPTURE(file.name);
    CHECK(text.starts_with("-- "));
    CHECK(text.ends_with("\n"));
    REQUIRE(count(text, "\n-- migrate:up") == 1);
    REQUIRE(count(text, "\n-- migrate:down") == 1);
    const auto up = text.find("\n-- migrate:up");
    const auto down = text.find("\n-- migrate:down");
    REQUIRE(up < down);
    CHECK(count(without_comments(text.substr(0, up)), ";") == 0);
    CHECK(count(without_comments(text.substr(up, down - up)), ";") >= 1);
    CHECK(count(without_comments(text.substr(down)), ";") >= 1);
  }
}

TEST_CASE("every migration keeps the house rules") {
  for (const EmbeddedFile& file : files()) {
    // Words of the SQL, not of the portraits.
    const std::string sql =
        std::regex_replace(without_comments(std::string(file.text)), std::regex("'[^']*'"), "''");
    CAPTURE(file.name);
    // An index on a table that has rows is built beside the traffic, alone in its file.
    const bool is_concurrent = file.text.find("-- migrate:up transaction:false\n") != std::string_view::npos;
    CHECK(count(sql, "CONCURRENTLY") == (is_concurrent ? 2 : 0));
    CHECK((!is_concurrent || count(sql, ";") == 2));
    for (const char* word :
         {"IF NOT EXISTS", "IF EXISTS", "COMMIT", "varchar", "timestamp ", "serial", " int ", " integer "}) {
      CAPTURE(word);
      CHECK(count(sql, word) == 0);
    }
    CHECK(file.text.find('\r') == std::string_view::npos);
    CHECK(file.text.find('\t') == std::string_view::npos);
  }
}

TEST_CASE("a database that is not UTF-8 is refused by the first migration") {
  const std::string first(files().front().text);
  CHECK(count(first, "server_encoding") >= 1);
  CHECK(count(first, "RAISE EXCEPTION") == 1);
  CHECK(count(first, "HINT") == 1);
}

TEST_CASE("tables of the conversation are keyed by user first") {
  for (const char* table :
       {"create_users", "create_sessions", "create_messages", "create_trait_assessments"}) {
    CAPTURE(table);
    CHECK(count(text_of(table), "PRIMARY KEY (user_id") == 1);
  }
}

TEST_CASE("every one of the 81 codes has a portrait of its own") {
  const auto found = archetypes();
  CHECK(found.size() == 81);
  for (const char o : std::string("PGO")) {
    for (const char c : std::string("FBD")) {
      for (const char e : std::string("IAE")) {
        for (const char a : std::string("CNW")) {
          const std::string code{o, c, e, a};
          CAPTURE(code);
          CHECK(found.contains(code));
        }
      }
    }
  }
  std::set<std::string> names;
  std::set<std::string> descriptions;
  for (const auto& [code, archetype] : found) {
    CAPTURE(code);
    CHECK(names.insert(archetype.name).second);
    CHECK(descriptions.insert(archetype.description).second);
    CHECK(archetype.name.starts_with("The "));
    CHECK(archetype.description.size() >= 80);
    CHECK(archetype.description.size() <= 240);
    const auto sentences = std::ranges::count(archetype.description, '.');
    CHECK(sentences >= 1);
    CHECK(sentences <= 2);
    CHECK(archetype.description.ends_with("."));
  }
}

TEST_CASE("five traits have six facets each, none twice") {
  const std::string text = text_of("create_trait_assessments");
  const std::regex trait(R"(WHEN '([a-z]+)' THEN facet IN\s+\(([^)]*)\))");
  std::set<std::string> facets;
  std::set<std::string> traits;
  for (const std::smatch& match : matches(text, trait)) {
    traits.insert(match[1]);
    const std::string list = match[2];
    const auto names = matches(list, std::regex("'([a-z_]+)'"));
    CHECK_MESSAGE(names.size() == 6, match[1].str());
    for (const std::smatch& name : names) CHECK_MESSAGE(facets.insert(name[1]).second, name[1].str());
  }
  CHECK(traits == std::set<std::string>{"agreeableness", "conscientiousness", "extraversion", "neuroticism",
                                        "openness"});
  CHECK(facets.size() == 30);
}

}  // namespace migrations_test
