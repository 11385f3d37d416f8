// down, redo, new, plan, --to, status --check, resolve: each command on the real binary.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/migrate/fixture.hpp"

namespace commands_test {

using namespace bigocean::test;

namespace {

void write_three(const Scene& scene) {
  for (const std::string name : {"1_a", "2_b", "3_c"}) {
    const auto table = name.substr(2);
    scene.file(name + ".sql", "-- migrate:up\nCREATE TABLE " + table +
                                  " (n int);\n-- migrate:down\nDROP TABLE " + table + ";\n");
  }
}

}  // namespace

TEST_CASE("up --to stops after a version or name; status --check says 3 while something is pending") {
  const Scene scene;
  write_three(scene);
  CHECK(scene.migrate({"status", "--check"}).exit_code == 3);
  CHECK(scene.migrate({"--to", "1"}).exit_code == 0);
  CHECK(scene.history() == "1_a");
  CHECK(scene.migrate({"up", "--to", "2_b"}).exit_code == 0);
  CHECK(scene.history() == "1_a 2_b");
  CHECK(scene.migrate({"status"}).exit_code == 0);
  CHECK(scene.migrate({"status", "--check"}).exit_code == 3);
  const auto unknown = scene.migrate({"--to", "2_bb"});
  CHECK_MESSAGE(unknown.exit_code == 2, said(unknown));
  CHECK(contains(unknown.err, "did you mean"));
  CHECK(scene.migrate().exit_code == 0);
  CHECK(scene.migrate({"status", "--check"}).exit_code == 0);
}

TEST_CASE("down takes back one, --steps several, --to everything after; --yes where data is dropped") {
  const Scene scene;
  write_three(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"down"});
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  CHECK(scene.history() == "1_a 2_b 3_c");
  const auto one = scene.migrate({"down", "--yes"});
  CHECK_MESSAGE(one.exit_code == 0, said(one));
  CHECK(contains(one.out, "reverted  3_c"));
  CHECK_FALSE(scene.has_table("c"));
  REQUIRE(scene.migrate().exit_code == 0);
  CHECK(scene.migrate({"down", "--steps", "2", "--yes"}).exit_code == 0);
  CHECK(scene.history() == "1_a");
  REQUIRE(scene.migrate().exit_code == 0);
  CHECK(scene.migrate({"down", "--to", "1", "--yes"}).exit_code == 0);
  CHECK(scene.history() == "1_a");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_events WHERE action = 'down'") == "5");
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_texts WHERE name <> '1_a'") == "0");
  CHECK(scene.migrate({"down", "--steps", "0"}).exit_code == 2);
  CHECK(scene.migrate({"down", "--yes"}).exit_code == 0);
  CHECK(contains(scene.migrate({"down", "--yes"}).out, "nothing to take back"));
}

TEST_CASE("down without a down part, of a file that is not here, of an edited one, of one that fails") {
  const Scene scene;
  write_three(scene);
  scene.file("4_up_only.sql", "CREATE TABLE d (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"down"});
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "no down part"));
  CHECK(scene.migrate({"down", "--yes"}).exit_code == 0);
  CHECK(scene.has_table("d"));
  CHECK(scene.history() == "1_a 2_b 3_c");

  scene.remove("4_up_only.sql");
  scene.remove("3_c.sql");
  const auto ahead = scene.migrate({"down", "--yes"});  // by the text that the history has kept
  CHECK_MESSAGE(ahead.exit_code == 0, said(ahead));
  CHECK_FALSE(scene.has_table("c"));

  scene.file("2_b.sql", "-- migrate:up\nCREATE TABLE b (n int);\n-- migrate:down\nDROP TABLE b_other;\n");
  CHECK(scene.migrate({"down", "--yes"}).exit_code == 6);
  REQUIRE(scene.migrate({"bless", "2", "--reason", "test"}).exit_code == 0);
  const auto failing = scene.migrate({"down", "--yes"});
  CHECK_MESSAGE(failing.exit_code == 5, said(failing));
  CHECK(contains(failing.err, "2_b.sql:4:1"));
  CHECK(scene.history() == "1_a 2_b");
}

TEST_CASE("down of a pair's file, and of one that leaves the transaction") {
  const Scene scene;
  scene.file("1_t.up.sql", "CREATE TABLE t (n int);\nCREATE INDEX CONCURRENTLY t_n ON t (n);\n");
  scene.file("1_t.down.sql", "DROP INDEX CONCURRENTLY t_n;\nDROP TABLE t;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  CHECK(scene.history() == "1_t");
  const auto down = scene.migrate({"down", "--yes"});
  CHECK_MESSAGE(down.exit_code == 0, said(down));
  CHECK_FALSE(scene.has_table("t"));
  CHECK(scene.history().empty());
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_steps") == "0");
}

TEST_CASE("a down that stopped half way is finished by down, and stops up meanwhile") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_t.sql",
             "-- migrate:up\nCREATE TABLE t (n int);\n-- migrate:down transaction:false\nDROP TABLE t;\n" +
                 kSleepWhileSlow);
  REQUIRE(scene.migrate().exit_code == 0);
  auto runner = scene.start({"down", "--yes"});
  scene.wait_for_sleep();
  runner.signal(SIGTERM);
  CHECK(runner.wait().exit_code == 143);
  CHECK(contains(scene.migrate({"status"}).out, "half reverted"));
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 6, said(up));
  scene.rows("DELETE FROM slow");
  const auto down = scene.migrate({"down", "--yes"});
  CHECK_MESSAGE(down.exit_code == 0, said(down));
  CHECK(scene.history().empty());
  CHECK(scene.migrate().exit_code == 0);
}

TEST_CASE("redo takes the newest back and applies it again, as it is now") {
  const Scene scene;
  write_three(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.rows("INSERT INTO c VALUES (1)");
  CHECK(scene.migrate({"redo"}).exit_code == 2);
  const auto redo = scene.migrate({"redo", "--yes"});
  CHECK_MESSAGE(redo.exit_code == 0, said(redo));
  CHECK(scene.value("SELECT count(*) FROM c") == "0");
  CHECK(scene.history() == "1_a 2_b 3_c");
}

TEST_CASE("redo leaves alone what could not be applied again") {
  const Scene scene;
  write_three(scene);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.remove("3_c.sql");
  const auto done = scene.migrate({"redo", "--yes"});
  CHECK_MESSAGE(done.exit_code == 6, said(done));
  CHECK(contains(done.err, "it could not be applied again"));
  CHECK(scene.has_table("c"));
  CHECK(scene.history() == "1_a 2_b 3_c");
}

TEST_CASE("new makes a file with both marks and says which") {
  const Scene scene;
  const auto made = scene.migrate({"new", "Add e-mail to Users"});
  CHECK_MESSAGE(made.exit_code == 0, said(made));
  CHECK(std::regex_search(made.out, std::regex("/\\d{14}_add_e_mail_to_users\\.sql\n$")));
  const auto path = made.out.substr(0, made.out.size() - 1);
  CHECK(std::filesystem::exists(path));
  CHECK(scene.migrate({"new", "!!"}).exit_code == 2);
  const auto name = std::filesystem::path(path).filename().string();
  CHECK(contains(scene.read(name), "-- migrate:up"));
  CHECK(contains(scene.read(name), "-- migrate:down"));
  scene.file(name, "-- migrate:up\nCREATE TABLE made (n int);\n-- migrate:down\nDROP TABLE made;\n");
  CHECK(scene.migrate().exit_code == 0);
  CHECK(scene.has_table("made"));
}

TEST_CASE("plan says how each file would run, and applies nothing") {
  const Scene scene;
  write_three(scene);
  scene.file("4_index.sql", "CREATE INDEX CONCURRENTLY a_n ON a (n);\nSELECT 1;");
  scene.file("5_data.sql", "-- bigocean: lock-timeout=7s\nINSERT INTO a VALUES (1);");
  const auto plan = scene.migrate({"plan", "--json"});
  const auto json = document(plan)["plan"];
  REQUIRE(json.size() == 5);
  CHECK(json[0]["transaction"] == true);
  CHECK(json[0]["lock_timeout"] == "250ms");
  CHECK(json[3]["transaction"] == false);
  CHECK(json[3]["statements"] == 2);
  CHECK(contains(json[3]["reason"], "line 1: CREATE INDEX CONCURRENTLY"));
  CHECK(json[4]["lock_timeout"] == "7s");
  CHECK(document(scene.migrate({"plan", "--to", "2", "--json"}))["plan"].size() == 2);
  CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
}

TEST_CASE("resolve decides a procedure that was interrupted and cannot be looked up") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE slow AS SELECT 1; CREATE TABLE seen (n int);"
      "CREATE PROCEDURE work(n int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (n); COMMIT;"
      " PERFORM pg_sleep(600) FROM slow; END $$");
  scene.file("1_call.sql",
             "-- migrate:up transaction:false\nINSERT INTO seen VALUES (0);\nCALL work(1);\nINSERT INTO seen "
             "VALUES (2);\n");
  auto runner = scene.start();
  scene.wait_for_sleep();
  runner.signal(SIGTERM);
  CHECK(runner.wait().exit_code == 143);
  scene.rows("DELETE FROM slow");
  const auto asked = scene.migrate();
  CHECK_MESSAGE(asked.exit_code == 6, said(asked));
  CHECK(contains(asked.err, "1_call.sql:3:1: it is unknown whether statement 2 was done"));
  CHECK(contains(asked.err, "bigocean migrate resolve 1_call --done"));
  CHECK(contains(asked.err, "bigocean migrate resolve 1_call --again"));
  CHECK(scene.migrate({"resolve", "1_call"}).exit_code == 2);
  CHECK(scene.migrate({"resolve", "1_call", "--done", "--again"}).exit_code == 2);
  const auto before = scene.fingerprint();
  CHECK(contains(scene.migrate({"resolve", "1_call", "--done", "--dry-run"}).out,
                 "would record statement 2 of 1_call as done"));
  CHECK(contains(scene.migrate({"resolve", "1_call", "--again", "--dry-run"}).out,
                 "would record statement 2 of 1_call as not done, to run again"));
  CHECK(document(scene.migrate({"resolve", "1_call", "--done", "--dry-run", "--json"}))["decision"] ==
        nlohmann::json{{"name", "1_call"}, {"statement", 2}});
  CHECK(scene.fingerprint() == before);
  std::string expected;
  SUBCASE("it was done") {
    CHECK(scene.migrate({"resolve", "1_call", "--done"}).exit_code == 0);
    expected = "0 1 2";
  }
  SUBCASE("it is to run again") {
    CHECK(scene.migrate({"resolve", "1_call", "--again"}).exit_code == 0);
    expected = "0 1 1 2";
  }
  CHECK(scene.migrate({"resolve", "1_call", "--done"}).exit_code == 2);
  const auto rerun = scene.migrate();
  CHECK_MESSAGE(rerun.exit_code == 0, said(rerun));
  CHECK(scene.value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM seen") == expected);
  CHECK(scene.value("SELECT count(*) FROM bigocean.migration_events WHERE action LIKE 'resolve %'") == "1");
}

}  // namespace commands_test
