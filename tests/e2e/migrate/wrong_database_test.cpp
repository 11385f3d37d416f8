// A database that belongs to other files is not changed, and the error says what was probably meant.
#include <doctest/doctest.h>

#include <regex>

#include "tests/e2e/migrate/fixture.hpp"

namespace wrong_database_test {

using namespace bigocean::test;

namespace {

/// Everything that a run could change.
std::string contents(const Scene& scene) {
  return scene.value(
             "SELECT string_agg(oid::regclass::text, ' ' ORDER BY oid::regclass::text) FROM pg_class WHERE "
             "relnamespace NOT IN"
             " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)") +
         " | " + scene.history();
}

struct Stranger {
  Stranger() {
    scene.environment.erase("BIGOCEAN_MIGRATE_NEW_HISTORY");
    other.environment["DATABASE_URL"] = scene.url;
    other.environment.erase("BIGOCEAN_MIGRATE_NEW_HISTORY");
    other.file("20250101_ours.sql", "CREATE TABLE ours (n int);");
    other.file("20250102_more.sql", "CREATE TABLE more (n int);");
    scene.file("1_first.sql", "CREATE TABLE first (n int);");
    scene.file("2_second.sql", "CREATE TABLE second (n int);");
  }
  Scene scene;  ///< the database, and its own folder
  Scene other;  ///< another folder
};

const std::vector<Arguments> kRefused{
    {}, {"up"}, {"up", "--dry-run"}, {"up", "--to", "20250101"}, {"plan"}, {"plan", "--rehearse"}};

}  // namespace

TEST_CASE("a history of other files stops up, plan and baseline before anything is written") {
  const Stranger two;
  REQUIRE(two.scene.migrate().exit_code == 0);
  const auto before = contents(two.scene);
  auto calls = kRefused;
  calls.push_back({"baseline", "20250102"});
  calls.push_back({"baseline", "20250102", "--dry-run"});
  calls.push_back({"up", "--new-history"});  // that is for a first run, and this history has had one
  for (const auto& arguments : calls) {
    const auto refused = two.other.migrate(arguments);
    CHECK_MESSAGE(refused.exit_code == 6, said(refused));
    CHECK_MESSAGE(
        contains(refused.err, "schema bigocean has 2 other migrations, the newest 2_second, applied 20"),
        said(refused));
    CHECK(contains(refused.err, " by bigocean "));
    CHECK_FALSE(contains(refused.out, "is ahead"));
    CHECK(contains(refused.err, "none of the 2 files in "));
    CHECK(contains(refused.err, "--dir FOLDER, or the variable BIGOCEAN_MIGRATE_DIR"));
    CHECK(contents(two.scene) == before);
  }
  // The folder that was forgotten: the files built into the binary.
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", two.scene.url}};
  const auto forgotten = run({BIGOCEAN_BINARY, "migrate"}, options);
  CHECK_MESSAGE(forgotten.exit_code == 6, said(forgotten));
  CHECK(std::regex_search(forgotten.err, std::regex("none of the [0-9]+ files built into this binary")));
  CHECK(contents(two.scene) == before);
  // As the hint says.
  options.environment["BIGOCEAN_MIGRATE_DIR"] = two.scene.folder();
  CHECK(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
  const auto own = two.other.migrate({"--schema", "second_history", "--new-history"});
  CHECK_MESSAGE(own.exit_code == 0, said(own));
  CHECK(two.other.migrate({"--schema", "second_history"}).exit_code == 0);
}

TEST_CASE("tables that no history explains stop up, and every way out in the hint works") {
  const Stranger two;
  two.scene.rows("CREATE TABLE first (n int); CREATE SCHEMA app; CREATE TABLE app.second (n int)");
  const auto before = contents(two.scene);
  for (const auto& arguments : kRefused) {
    if (arguments.size() > 1 && arguments[1] == "--to") continue;  // of the other folder
    const auto refused = two.scene.migrate(arguments);
    CHECK_MESSAGE(refused.exit_code == 6, said(refused));
    CHECK_MESSAGE(contains(refused.err, "the database has 2 tables already (public.first, app.second)"),
                  said(refused));
    CHECK(contents(two.scene) == before);
  }
  SUBCASE("baseline") {
    const auto recorded = two.scene.migrate({"baseline", "1"});
    CHECK_MESSAGE(recorded.exit_code == 0, said(recorded));
    const auto done = two.scene.migrate();
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(two.scene.history() == "1_first 2_second");
  }
  SUBCASE("--new-history, once") {
    two.scene.rows("DROP TABLE first");
    CHECK(two.scene.migrate({"--new-history"}).exit_code == 0);
    two.scene.file("3_third.sql", "CREATE TABLE third (n int);");
    CHECK(two.scene.migrate().exit_code == 0);
  }
}

TEST_CASE(
    "what is not a stranger's: an empty database, extensions, schemas of others, a history that was "
    "emptied") {
  Stranger two;
  SUBCASE("an empty database") {}
  SUBCASE("a table of an extension") {
    two.scene.rows(
        "CREATE TABLE member (n int); DO $$ BEGIN CREATE EXTENSION plpgsql; EXCEPTION WHEN duplicate_object "
        "THEN NULL;"
        " END $$; ALTER EXTENSION plpgsql ADD TABLE member");
  }
  SUBCASE("tables in a schema where this role may not create") {
    two.scene.rows(
        "DO $$ BEGIN CREATE ROLE confined LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    two.scene.rows(
        "CREATE SCHEMA managed; CREATE TABLE managed.t (n int); CREATE SCHEMA mine AUTHORIZATION confined;"
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO confined', current_database());"
        " EXECUTE format('ALTER ROLE confined IN DATABASE %I SET search_path = mine', current_database()); "
        "END $$");
    two.scene.environment["DATABASE_URL"] =
        shared_postgres().url(two.scene.value("SELECT current_database()"), "confined");
  }
  SUBCASE("everything taken back") {
    REQUIRE(two.scene.migrate().exit_code == 0);
    REQUIRE(two.scene.migrate({"down", "--steps", "2", "--yes"}).exit_code == 0);
    two.scene.rows("DROP TABLE first, second; CREATE TABLE other (n int)");
  }
  SUBCASE("two at once on an empty database") {
    auto first = two.scene.start();
    auto second = two.scene.start();
    CHECK(first.wait().exit_code == 0);
    const auto late = second.wait();
    CHECK_MESSAGE(late.exit_code == 0, said(late));
  }
  const auto done = two.scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("check-db says the same, and does not advise to run the files there") {
  const Stranger two;
  std::string expected;
  SUBCASE("another history") {
    REQUIRE(two.scene.migrate().exit_code == 0);
    expected = "2 other migrations, the newest 2_second";
  }
  SUBCASE("tables and no history") {
    two.scene.rows("CREATE TABLE first (n int)");
    expected = "the database has 1 table already (public.first)";
  }
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", two.scene.url}, {"BIGOCEAN_MIGRATE_DIR", two.other.folder()}};
  const auto checked = run({BIGOCEAN_BINARY, "check-db", "--only", "migrations"}, options);
  CHECK_MESSAGE(checked.exit_code == 10, said(checked));
  CHECK_MESSAGE(contains(checked.out, expected), said(checked));
  CHECK_FALSE(contains(checked.out, "-> bigocean migrate\n"));
  CHECK(contains(checked.out, "BIGOCEAN_MIGRATE_DIR"));
}

}  // namespace wrong_database_test
