// Defaults with functions: whether ADD COLUMN rewrites the table is asked of the database, and is what the
// server then does.
#include <doctest/doctest.h>

#include "sql/lint/lint.hpp"
#include "tests/support/servers.hpp"
#include "tests/unit/lint/linted.hpp"

namespace functions_test {

using namespace bigocean::test;
namespace lint = bigocean::sql::lint;

namespace {

const char* const kSchema =
    "CREATE TABLE users (id bigint); INSERT INTO users VALUES (1);"
    "CREATE FUNCTION steady() RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'x'$$;"
    "CREATE FUNCTION \"Roll\"() RETURNS float8 LANGUAGE sql AS 'SELECT random()';"
    // Of two of one name the worse counts.
    "CREATE FUNCTION twofold(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "CREATE FUNCTION twofold(text) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';";

const char* const kColumns[] = {
    "a int DEFAULT extract(year from now())",
    "a text DEFAULT to_char(now(), 'YYYY')",
    "a text DEFAULT repeat('0', 8)",
    "a tstzrange DEFAULT tstzrange(now(), NULL)",
    "a text DEFAULT steady()",
    "a text DEFAULT upper(steady()) || now()::text",
    "a interval DEFAULT age(now(), '2020-01-01')",
    "a text DEFAULT coalesce(steady(), 'y')",
    "a timestamptz DEFAULT current_timestamp",
    "a timestamptz DEFAULT clock_timestamp()",
    "a float8 DEFAULT \"Roll\"()",
    "a float8 DEFAULT abs(\"Roll\"())",
    "a text DEFAULT md5(random()::text)",
    "a uuid DEFAULT gen_random_uuid()",
    "a text DEFAULT CASE WHEN random() > 0.5 THEN 'x' END",
};

std::string rules_of(const std::vector<lint::Finding>& findings) {
  std::string rules;
  for (const auto& finding : findings) rules += (rules.empty() ? "" : " ") + std::string(finding.rule->id);
  return rules;
}

std::string rules_of(const std::string& url, const std::vector<std::string>& texts) {
  auto connection = bigocean::sql::Connection::connect(bigocean::config::Secret(url), {});
  const Pending pending(texts);
  return rules_of(lint::lint_pending(connection, pending.files(), {}, false));
}

}  // namespace

TEST_CASE("lint with a database says of a default what the server does") {
  for (const char* column : kColumns) {
    CAPTURE(column);
    const auto url = shared_postgres().create_database();
    query(url, kSchema);
    const auto text = std::string("ALTER TABLE users ADD COLUMN ") + column + ";";
    const auto rules = rules_of(url, {text});
    const auto file = [&] { return query(url, "SELECT pg_relation_filenode('users')").at(0).at(0); };
    const auto before = file();
    query(url, text);
    CHECK(rules == (file() == before ? "" : "add-column-rewrite"));
  }
}

TEST_CASE("a function that a pending file makes counts by what it says") {
  const auto url = shared_postgres().create_database();
  query(url, kSchema);
  const std::string add = "ALTER TABLE users ADD COLUMN a text DEFAULT code();";
  const auto make = [](const std::string& kind) {
    return "CREATE FUNCTION code() RETURNS text LANGUAGE sql " + kind + " AS $$SELECT 'IMMUTABLE'$$;";
  };
  CHECK(rules_of(url, {make("IMMUTABLE"), add}).empty());
  CHECK(rules_of(url, {make("stable"), add}).empty());
  CHECK(rules_of(url, {make(""), add}) == "add-column-rewrite");
  CHECK(rules_of(url, {add}) == "add-column-default-unknown");
  CHECK(rules_of(url, {"ALTER TABLE users ADD COLUMN a int DEFAULT twofold(1);"}) == "add-column-rewrite");
}

TEST_CASE("without a database it depends, where the name does not say it") {
  const std::string add = "ALTER TABLE users ADD COLUMN a text DEFAULT ";
  const auto rules = [&](const std::string& value) {
    const Pending pending({add + value + ";"});
    return rules_of(lint::lint(pending.files(), {}));
  };
  CHECK(rules("code()") == "add-column-default-unknown");
  CHECK(rules("to_char(now(), 'YYYY')").empty());
  CHECK(rules("random()") == "add-column-rewrite");
  // Before the database is asked the worse answer counts, so that it is asked.
  const Pending pending({add + "code();"});
  lint::Options options;
  options.pessimistic = true;
  CHECK(rules_of(lint::lint(pending.files(), options)) == "add-column-rewrite");
}

TEST_CASE("the string of a new enum value is one only where it may be of that type") {
  const auto url = shared_postgres().create_database();
  query(url,
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE diary (id bigint, felt mood, felt_before mood[]);"
        "CREATE TABLE labels (id bigint, name text); INSERT INTO labels VALUES (1, 'x');");
  const std::string add = "ALTER TYPE mood ADD VALUE 'glad';\n";
  const std::string used = "enum-value-in-same-transaction";
  CHECK(rules_of(url, {add + "INSERT INTO labels VALUES (2, 'glad');"}).empty());
  CHECK(rules_of(url, {add + "UPDATE labels SET name = 'glad' WHERE id = 1;"}).empty());
  CHECK(rules_of(url, {add + "INSERT INTO diary VALUES (2, 'glad');"}) == used);
  CHECK(rules_of(url, {add + "UPDATE labels SET name = 'glad'::mood WHERE id = 1;"}) == used);
  CHECK(rules_of(url, {add + "INSERT INTO labels SELECT 1, 'x' FROM diary WHERE felt = 'glad';"}) == used);
  CHECK(rules_of(url, {add + "ALTER TABLE diary ALTER felt SET DEFAULT 'glad';"}) == used);
}

}  // namespace functions_test
