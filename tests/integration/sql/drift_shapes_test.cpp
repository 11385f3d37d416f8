// Equal meaning is not drift: the same schema by hand, by our dump and by pg_dump, and a real change in each
// shape.
#include <doctest/doctest.h>

#include <algorithm>

#include "sql/drift/schema_text.hpp"
#include "tests/integration/sql/drift_support.hpp"

namespace drift_shapes_test {

using namespace bigocean;
using namespace bigocean::test;

namespace {

using sql::drift::Description;

void expect_same(const Description& one, const Description& other) {
  for (const auto& difference : compare(one, other)) {
    CAPTURE(difference.migrations);
    CAPTURE(difference.database);
    CHECK(difference.kind + " " + difference.identity == "");
  }
}

/// A dump of a dump is the same text, and both are the schema that was made by hand.
void expect_stable(const std::string& url, PrivatePostgres& server = shared_postgres()) {
  const auto by_hand = described(url);
  const auto text = schema_text(by_hand);
  CHECK(text == schema_text(described(url)));
  const auto by_dump = described(database_with(text, server));
  expect_same(by_hand, by_dump);
  CHECK(schema_text(by_dump) == text);
  const auto again = described(database_with(schema_text(by_dump), server));
  expect_same(by_hand, again);
  CHECK(schema_text(again) == text);
}

std::string must_run(const std::vector<std::string>& argv) {
  const auto done = run(argv);
  CAPTURE(done.err);
  REQUIRE(done.exit_code == 0);
  return done.out;
}

/// pg_dump reads no server that is newer than itself, so it is the system's own that is asked.
PostgresOptions the_systems_server() {
  const auto version = must_run({"pg_dump", "--version"});  // "pg_dump (PostgreSQL) 15.20 (Debian …)"
  PostgresOptions options;
  options.major = std::stoi(version.substr(version.find(") ") + 2));
  return options;
}

}  // namespace

TEST_CASE("a dump of a dump is the same: every shape of expression") {
  expect_stable(database_with_shapes());
}

TEST_CASE("a dump of a dump is the same: one of every kind of object") {
  for (const std::string name : {"everything", "rare", "names", "from_18"}) {
    if (name == "from_18" && shared_postgres().major() < 18) continue;
    CAPTURE(name);
    expect_stable(database_with(schema_fixture(name)));
  }
}

TEST_CASE("a real change is found in each shape of expression") {
  const auto url = database_with_shapes();
  const auto before = described(database_with(schema_text(described(url))));
  std::size_t tried = 0;
  for (const auto& shape : shapes()) {
    if (shared_postgres().major() < shape.from_major) continue;
    ++tried;
    CAPTURE(shape.name);
    REQUIRE_NOTHROW(query(url, in_its_schema(shape, shape.change)));
    const auto differences = compare(before, described(url));
    CHECK(std::any_of(differences.begin(), differences.end(), [&](const auto& difference) {
      return difference.identity.find(shape.name + ".") != std::string::npos;
    }));
  }
  CHECK(tried >= 40);
}

std::string restored_by_pg_dump(const std::string& url, PrivatePostgres& server) {
  const TempDir folder;
  const auto file = folder.path() + "/schema.sql";
  must_run({"pg_dump", "--schema-only", "--file", file, url});
  auto restored = server.create_database();
  must_run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, restored});
  return restored;
}

// Of Debian 12 it is PostgreSQL 15, whose minors from 15.20 on keep an internal option with each column.
TEST_CASE("what pg_dump restores is no drift, and is dumped as it was") {
  PrivatePostgres server(the_systems_server());
  const auto url = database_with_shapes(server);
  expect_stable(url, server);
  expect_stable(database_with(schema_fixture("names"), server), server);
  expect_stable(database_with(schema_fixture("rare"), server), server);

  // Where SQL cannot say which operator is meant, pg_dump's text takes another one: the citext columns are
  // compared as text then. That is a difference.
  const auto differences = compare(described(url), described(restored_by_pg_dump(url, server)));
  CHECK(std::any_of(differences.begin(), differences.end(),
                    [](const auto& difference) { return difference.identity == "citext_operators.t.g"; }));
  query(url, "DROP SCHEMA citext_operators CASCADE");
  const auto restored = described(restored_by_pg_dump(url, server));
  expect_same(described(url), restored);
  CHECK(schema_text(restored) == schema_text(described(url)));
}

// The other way round, with pg_dump as the judge.
TEST_CASE("pg_dump writes the same of a schema that our dump has made as of the one made by hand") {
  PrivatePostgres server(the_systems_server());
  const auto by_pg_dump = [](const std::string& url) {
    return must_run({"pg_dump", "--schema-only", "--restrict-key=0", url});
  };
  const auto by_hand = database_with(schema_fixture("rare"), server);
  const auto by_dump = database_with(schema_text(described(by_hand)), server);
  CHECK(by_pg_dump(by_dump) == by_pg_dump(by_hand));
}

}  // namespace drift_shapes_test
