// The remedy of every rule, for the rule's own bad example: with its gaps filled in it runs, and is not found
// again.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "sql/lint/lint.hpp"
#include "tests/integration/lint/remedy.hpp"
#include "tests/unit/lint/linted.hpp"

namespace every_remedy_test {

using namespace bigocean::test;
namespace lint = bigocean::sql::lint;

namespace {

const char* const kSchema = R"sql(
  CREATE SCHEMA app; CREATE TABLE app.users (id bigint); CREATE SCHEMA old;
  CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE days (mood mood);
  CREATE TABLE users (id int PRIMARY KEY, email text, locale text, a bigint, b bigint);
  CREATE TABLE rooms (id bigint PRIMARY KEY); CREATE TABLE orders (amount int);
  CREATE VIEW active_users AS SELECT id FROM users;
  CREATE MATERIALIZED VIEW totals AS SELECT amount FROM orders; CREATE UNIQUE INDEX ON totals (amount);
  CREATE FUNCTION new_code() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)';
)sql";

/// What a rule's example needs besides, and what a person writes for each "…" of its remedies.
struct Case {
  std::string setup;
  std::vector<std::string> values;
};

const std::map<std::string_view, Case> kCases = {
    {"add-column-default-unknown", {"", {"new_code()"}}},
    {"add-column-not-null", {"ALTER TABLE users DROP COLUMN locale", {"'en'"}}},
    {"add-column-rewrite", {"", {"NULL", "DEFAULT", "1", "100"}}},
    {"alter-column-type", {"DROP VIEW active_users", {}}},
    {"all-rows-written", {"", {"1", "100"}}},
    {"backfill-in-ddl-transaction", {"ALTER TABLE users DROP COLUMN locale", {}}},
    {"char-length", {"", {"2"}}},
    {"concurrently-on-partitioned",
     {"CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);"
      "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      {"events_id_2026", "events_2026", "events_id_2026"}}},
    {"drop-cascade", {"DROP TABLE days", {}}},
    {"drop-index-not-concurrently", {"CREATE INDEX users_email ON users (email)", {}}},
    {"enum-value-in-same-transaction", {"", {}}},
    {"foreign-key-not-valid", {"CREATE TABLE messages (id bigint, user_id bigint)", {}}},
    {"foreign-key-without-index", {"CREATE TABLE messages (id bigint, user_id bigint)", {}}},
    {"int-primary-key", {"DROP TABLE rooms", {}}},
    {"lock-timeout-off", {"", {}}},
    {"rename-column", {"", {"language text"}}},
    {"rename-enum-value", {"", {"fine"}}},
    {"two-tables-locked", {"CREATE TABLE messages (id bigint); ALTER TABLE users DROP COLUMN locale", {}}},
    {"varchar-length", {"", {"40"}}},
};

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// With the gaps filled in; a column's definition as a table of it.
std::string completed(std::string remedy, const std::vector<std::string>& values) {
  auto value = values.begin();
  for (auto at = remedy.find("…"); at != remedy.npos; at = remedy.find("…", at)) {
    REQUIRE_MESSAGE(value != values.end(), remedy);
    remedy.replace(at, std::string_view("…").size(), *value);
    at += value->size();
    ++value;
  }
  for (const std::string gap : {"<version>", "<rule>", "<reason>"}) {
    if (const auto at = remedy.find(gap); at != remedy.npos) remedy.replace(at, gap.size(), "1.4");
  }
  const auto word = remedy.substr(0, remedy.find(' '));
  const bool is_column = word != "--" && word == bigocean::base::to_lower(word);
  return is_column ? "CREATE TABLE made (" + remedy + ");" : remedy;
}

}  // namespace

TEST_CASE("the remedy of every rule runs once its gaps are filled in, and is not found again") {
  std::size_t tried = 0;
  for (const auto& rule : lint::rules()) {
    CAPTURE(rule.id);
    const auto example =
        read(BIGOCEAN_SOURCE_DIR "/tests/fixtures/lint/" + std::string(rule.id) + "/bad.sql");
    const auto known = kCases.find(rule.id);
    const Case none;
    const Case& one = known == kCases.end() ? none : known->second;
    const Pending pending({example});
    for (const auto& finding : lint::lint(pending.files(), {})) {
      if (finding.rule != &rule) continue;
      const auto remedy = completed(finding.remedy, one.values);
      CAPTURE(remedy);
      const auto url = shared_postgres().create_database();
      query(url, kSchema);
      if (!one.setup.empty()) query(url, one.setup);
      // What stands before the place of the finding has been done.
      std::string before;
      std::istringstream lines(example);
      std::string line;
      for (int n = 1; n < static_cast<int>(finding.place.line) && std::getline(lines, line); ++n)
        before += line + "\n";
      if (one.setup.find("PARTITION BY") == std::string::npos && rule.id != "lock-timeout-off")
        CHECK_NOTHROW(run_each(url, before));
      CHECK_NOTHROW(run_each(url, remedy));
      ++tried;
      const Pending advised(files_of(remedy));
      for (const auto& again : lint::lint(advised.files(), {})) CHECK(again.rule->id != rule.id);
    }
  }
  CHECK(tried >= lint::rules().size());
}

}  // namespace every_remedy_test
