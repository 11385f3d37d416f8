// The history and what guards it: edited files, verify, bless, baseline, order, a database that is ahead.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace history_test {

using namespace bigocean::test;

namespace {

void write_two(const Scene& scene) {
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("2_b.sql", "-- migrate:up\nCREATE TABLE b (n int);\n-- migrate:down\nDROP TABLE b;\n");
}

}  // namespace

TEST_CASE("a row of the history says what was applied, when, how long, by whom and by which version") {
  const Scene scene;
  write_two(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  CHECK(scene.rows(
            "SELECT name, length(checksum), state, applied_at BETWEEN now() - interval '1 hour' AND now(),"
            " duration_ms BETWEEN 0 AND 100000, applied_by, app_version <> '', git_commit <> '', how"
            " FROM bigocean.migrations ORDER BY ordinal") ==
        Rows{{"1_a", "64", "applied", "t", "t", "postgres", "t", "t", "up"},
             {"2_b", "64", "applied", "t", "t", "postgres", "t", "t", "up"}});
  const auto none = scene.migrate();
  CHECK(none.exit_code == 0);
  CHECK(contains(none.out, "nothing to do: 2 applied"));
}

TEST_CASE("names that COPY has to escape are found again in the history") {
  const Scene scene;
  for (const char* name : {"1_back\\slash", "2_\\n", "3_\\", "4_grün"})
    scene.file(std::string(name) + ".sql", "SELECT 1;");
  const auto applied = scene.migrate();
  REQUIRE_MESSAGE(applied.exit_code == 0, said(applied));
  const auto again = scene.migrate();
  CHECK_MESSAGE(contains(again.out, "nothing to do: 4 applied"), said(again));
  scene.rows("INSERT INTO bigocean.migrations (name, checksum) VALUES (E'5_a\\tb\\nc', '') RETURNING 1");
  const auto status = scene.migrate({"status", "--json"});
  CHECK_MESSAGE(contains(status.out, R"("5_a\tb\nc")"), said(status));
}

TEST_CASE("an edited file stops up, plan and verify with a diff; nothing of what is pending is applied") {
  const Scene scene;
  write_two(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n bigint);\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("3_c.sql", "CREATE TABLE c (n int);");
  for (const Arguments& command : {Arguments{}, Arguments{"plan"}, Arguments{"verify"}}) {
    const auto done = scene.migrate(command);
    CHECK_MESSAGE(done.exit_code == 6, said(done));
    CHECK(contains(done.err, "1_a.sql was edited after it was applied"));
    CHECK(contains(done.err, "-CREATE TABLE a (n int);"));
    CHECK(contains(done.err, "+CREATE TABLE a (n bigint);"));
    CHECK(contains(done.err, "bless"));
  }
  CHECK_FALSE(scene.has_table("c"));
  CHECK(contains(scene.migrate({"status"}).out, "edited        1_a"));
  CHECK(scene.migrate({"status", "--check"}).exit_code == 6);
}

TEST_CASE("bless: takes version, name or file name; refuses what is not edited, not applied, or unknown") {
  const Scene scene;
  write_two(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("3_c.sql", "CREATE TABLE c (n int);");
  CHECK(scene.migrate({"bless", "1_a", "--reason", "x"}).exit_code == 2);
  CHECK(contains(scene.migrate({"bless", "3_c", "--reason", "x"}).err, "not applied yet"));
  CHECK(contains(scene.migrate({"bless", "1_aa", "--reason", "x"}).err, "1_a"));
  CHECK(scene.migrate({"bless", "1_a"}).exit_code == 2);
  int edits = 0;
  for (const std::string name : {"1", "1_a", "1_a.sql"}) {
    scene.file("1_a.sql", scene.read("1_a.sql") + "-- edit " + std::to_string(++edits) + "\n");
    const auto done = scene.migrate({"bless", name, "--reason", "edit"});
    CHECK_MESSAGE(done.exit_code == 0, said(done));
    CHECK(scene.migrate({"verify"}).exit_code == 0);
  }
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_events WHERE action = 'bless'") == "3");
  CHECK(contains(scene.value("SELECT body FROM bigocean.migration_texts WHERE name = '1_a'"), "-- edit 3"));
}

TEST_CASE("baseline: up to a version, all of it, once; an unknown version changes nothing") {
  const Scene scene;
  write_two(scene);
  scene.file("3_c.sql", "CREATE TABLE c (n int);");
  const auto wrong = scene.migrate({"baseline", "4"});
  CHECK_MESSAGE(wrong.exit_code == 2, said(wrong));
  const auto done = scene.migrate({"baseline", "2_b", "--json"});
  CHECK(document(done)["recorded"] == nlohmann::json{"1_a", "2_b"});
  CHECK(scene.history() == "1_a 2_b");
  const auto again = scene.migrate({"baseline", "2_b"});
  CHECK(again.exit_code == 0);
  CHECK(contains(again.out, "0 recorded"));
  CHECK_FALSE(scene.has_table("a"));
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_events WHERE action = 'baseline'") == "2");
  CHECK(scene.migrate({"verify"}).exit_code == 0);
  CHECK(scene.migrate().exit_code == 0);
  CHECK(scene.has_table("c"));
}

TEST_CASE("--strict-order refuses a late file, with 6, by flag and by environment") {
  Scene scene;
  scene.file("2_b.sql", "CREATE TABLE b (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  const auto flag = scene.migrate({"--strict-order"});
  CHECK_MESSAGE(flag.exit_code == 6, said(flag));
  CHECK(contains(flag.err, "1_a"));
  CHECK_FALSE(scene.has_table("a"));
  CHECK(contains(scene.migrate({"plan"}).out, "older than the newest applied one"));
  CHECK(contains(scene.migrate({"status"}).out, "1_a  (older than the newest applied one)"));
  CHECK(scene.migrate().exit_code == 0);
}

TEST_CASE("order is by number, not by letter, and identity is the full name") {
  const Scene scene;
  scene.file("2_second.sql", "INSERT INTO seen VALUES ('2_second');");
  scene.file("10_third.sql", "INSERT INTO seen VALUES ('10_third');");
  scene.file("1_first.sql", "CREATE TABLE seen (name text); INSERT INTO seen VALUES ('1_first');");
  scene.file("10_also.sql", "INSERT INTO seen VALUES ('10_also');");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_first 2_second 10_also 10_third");
  const auto ambiguous = scene.migrate({"down", "--to", "10", "--yes"});
  CHECK_MESSAGE(ambiguous.exit_code == 2, said(ambiguous));
  CHECK(contains(ambiguous.err, "10_also and 10_third"));
}

TEST_CASE("a database that is ahead: up, plan and status say so; new files are applied all the same") {
  const Scene scene;
  write_two(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.remove("2_b.sql");
  scene.file("3_c.sql", "CREATE TABLE c (n int);");
  CHECK(contains(scene.migrate({"status"}).out, "1 applied, 1 pending, 0 edited or half applied, 1 ahead"));
  const auto refused = scene.migrate({"--no-ahead"});
  CHECK(refused.exit_code == 6);
  CHECK_FALSE(scene.has_table("c"));
  const auto up = scene.migrate({"--json"});
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(document(up)["warnings"].size() == 1);
  CHECK(scene.has_table("c"));
  CHECK(scene.migrate({"status", "--check"}).exit_code == 0);
  CHECK(scene.migrate({"status", "--check", "--no-ahead"}).exit_code == 6);
}

}  // namespace history_test
