// `migrate.preview = required`: `up` tries the files in an empty copy first, and applies only what is known
// to make nobody wait.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace preview_required_test {

using namespace bigocean::test;

namespace {

struct RequiredScene : Scene {
  RequiredScene() {
    rows(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a'), (2, 'a');"
        "CREATE VIEW names AS SELECT name FROM users");
  }
  Finished up(Arguments arguments = {}) const {
    arguments.insert(arguments.begin(), {"up", "--new-history", "--preview", "required"});
    return migrate(arguments);
  }
  std::string relations() const {
    return value(
        "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = "
        "'public'::regnamespace AND relkind IN ('r', 'v')");
  }
};

}  // namespace

TEST_CASE("what is safe or takes a brief lock is applied") {
  const RequiredScene scene;
  scene.file("1_add.sql", "ALTER TABLE users ADD COLUMN age int; CREATE TABLE rooms (id bigint);\n");
  const auto done = scene.up();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(contains(scene.relations(), "rooms"));
  CHECK(scene.value("SELECT count(*) FROM pg_database WHERE datname LIKE 'bigocean_scratch%'") == "0");
}

TEST_CASE("what is not known, or would fail on the rows, is refused before anything is applied") {
  for (const char* sql : {"DO $$BEGIN DROP VIEW names; END$$;", "SELECT count(*) FROM nowhere;",
                          "CREATE UNIQUE INDEX CONCURRENTLY once ON users (name);",
                          "DO $$BEGIN PERFORM 1 FROM users; END$$;"}) {
    CAPTURE(sql);
    const RequiredScene scene;
    scene.file("1_fine.sql", "CREATE TABLE rooms (id bigint);\n");
    scene.file("2_case.sql", std::string(sql) + "\n");
    const auto done = scene.up();
    CHECK_MESSAGE(done.exit_code == 8, said(done));
    CHECK(contains(said(done), "2_case.sql"));
    CHECK(!contains(scene.relations(), "rooms"));
    CHECK(scene.value("SELECT count(*) FROM pg_database WHERE datname LIKE 'bigocean_scratch%'") == "0");
  }
}

TEST_CASE("--allow-unsafe warns instead, and what was begun is not judged again") {
  const RequiredScene scene;
  scene.file("1_drop.sql", "DO $$BEGIN DROP VIEW names; END$$;\n");
  scene.file("2_fails.sql", "SELECT 1 / 0;\n");
  const auto first = scene.up({"--allow-unsafe"});
  CHECK_MESSAGE(first.exit_code == 5, said(first));
  CHECK(contains(said(first), "allowed by --allow-unsafe"));
  CHECK(scene.relations() == "users");
  // Only the second file is left, and a run was allowed that it was part of.
  const auto second = scene.up();
  CHECK_MESSAGE(second.exit_code == 5, said(second));
}

TEST_CASE("a role that can make no copy is told so, and nothing is applied unless it is allowed") {
  RequiredScene scene;
  const auto database = scene.value("SELECT current_database()");
  scene.rows("CREATE ROLE deployer LOGIN; ALTER DATABASE " + database + " OWNER TO deployer");
  scene.environment["DATABASE_URL"] = shared_postgres().url(database, "deployer");
  scene.file("1_fine.sql", "CREATE TABLE rooms (id bigint);\n");
  const auto done = scene.up();
  CHECK_MESSAGE(done.exit_code == 2, said(done));
  CHECK(contains(said(done), "nothing was applied"));
  CHECK(contains(said(done), "ALTER ROLE \"deployer\" CREATEDB"));
  CHECK(contains(said(done), "--scratch-url"));
  CHECK(!contains(scene.relations(), "rooms"));
  const auto allowed = scene.up({"--allow-unsafe"});
  CHECK_MESSAGE(allowed.exit_code == 0, said(allowed));
  CHECK(contains(said(allowed), "could not be tried"));
  CHECK(contains(scene.relations(), "rooms"));
}

}  // namespace preview_required_test
