// --dry-run: shows what would happen, and changes neither catalogue nor history nor folder.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace dry_run_test {

using namespace bigocean::test;

namespace {

using Json = nlohmann::json;

void write_three(const Scene& scene) {
  for (const std::string name : {"1_a", "2_b", "3_c"}) {
    const auto table = name.substr(2);
    scene.file(name + ".sql", "-- migrate:up\nCREATE TABLE " + table +
                                  " (n int);\n-- migrate:down\nDROP TABLE " + table + ";\n");
  }
}

/// Runs it as text and as a document; what it says of itself, and that nothing has changed.
Json dry(const Scene& scene, const Arguments& arguments, const std::string& says) {
  const auto before = scene.fingerprint();
  const auto text = scene.migrate(arguments);
  CAPTURE(said(text));
  CHECK(text.exit_code == 0);
  CHECK(contains(text.out, says));
  auto with_json = arguments;
  with_json.push_back("--json");
  const auto done = scene.migrate(with_json);
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
  const auto json = document(done);
  CHECK(json.value("dry_run", false));
  CHECK(json["ran"].empty());
  CHECK(scene.fingerprint() == before);
  return json;
}

/// A dry run that is refused, as the real one would be.
void dry_refused(const Scene& scene, const Arguments& arguments, int exit_code) {
  const auto before = scene.fingerprint();
  const auto done = scene.migrate(arguments);
  CAPTURE(said(done));
  CHECK(done.exit_code == exit_code);
  CHECK(scene.fingerprint() == before);
}

Arguments names_in(const Json& list) {
  Arguments names;
  for (const auto& entry : list) names.push_back(entry["name"]);
  return names;
}

}  // namespace

TEST_CASE("on a new database no dry run makes the history, a file or anything else") {
  const Scene scene;
  write_three(scene);
  scene.rows(
      "CREATE TABLE schema_migrations (version text); INSERT INTO schema_migrations VALUES ('1'), ('2')");
  CHECK(dry(scene, {"--dry-run"}, "pending   1_a")["plan"].size() == 3);
  CHECK(dry(scene, {"up", "--dry-run", "--to", "2"}, "2 pending")["plan"].size() == 2);
  CHECK_FALSE(dry(scene, {"down", "--dry-run", "--yes"}, "nothing to take back").contains("reversals"));
  dry(scene, {"redo", "--dry-run", "--yes"}, "nothing to redo");
  const Json two{"1_a", "2_b"};
  CHECK(dry(scene, {"baseline", "2", "--dry-run"}, "would record 2_b")["recorded"] == two);
  CHECK(dry(scene, {"adopt", "--dry-run"}, "would record 1_a")["adoption"]["recorded"] == two);
  CHECK(dry(scene, {"adopt"}, "would record 1_a")["adoption"]["applied"] == false);
  const auto made = dry(scene, {"new", "add_d", "--dry-run"}, "would make " + scene.folder() + "/");
  CHECK(contains(made["recorded"][0], "_add_d.sql"));
  dry_refused(scene, {"baseline", "9", "--dry-run"}, 2);
  dry_refused(scene, {"bless", "1", "--reason", "x", "--dry-run"}, 2);
  dry_refused(scene, {"resolve", "1", "--done", "--dry-run"}, 2);
  dry_refused(scene, {"adopt", "--dry-run", "--apply"}, 2);
  dry_refused(scene, {"new", "!!", "--dry-run"}, 2);
  CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
}

TEST_CASE("a dry run of down and redo takes nothing back, also with --yes, and says what needs it") {
  const Scene scene;
  write_three(scene);
  scene.file("4_up_only.sql", "CREATE TABLE d (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.rows("INSERT INTO c VALUES (1)");
  const auto forgotten = dry(scene, {"down", "--dry-run"}, "would forget 4_up_only");
  CHECK(forgotten["reversals"][0]["has_down"] == false);
  CHECK(contains(forgotten["reversals"][0]["needs_yes"], "no down part"));
  const auto text = scene.migrate({"down", "--dry-run", "--to", "1"}).out;
  CHECK(contains(text, "would take back 3_c (1 statement)\n  needs --yes: the down part of 3_c drops data"));
  CHECK(contains(text, "dry run: 3 to take back, nothing was changed"));
  dry(scene, {"redo", "--dry-run"}, "would forget 4_up_only");

  REQUIRE(scene.migrate({"down", "--yes"}).exit_code == 0);
  dry(scene, {"down", "--dry-run", "--yes"}, "would take back 3_c");
  dry(scene, {"redo", "--dry-run", "--yes"}, "would apply 3_c again");
  dry(scene, {"redo", "--dry-run"}, "needs --yes: the down part of 3_c drops data");
  CHECK(scene.value("SELECT count(*) FROM c") == "1");
}

TEST_CASE("a real run does what the dry run said, and a dry run refuses what a real run would") {
  const Scene scene;
  write_three(scene);
  const auto baseline = dry(scene, {"baseline", "1", "--dry-run"}, "dry run: 1 to record as applied");
  CHECK(document(scene.migrate({"baseline", "1", "--json"}))["recorded"] == baseline["recorded"]);
  const auto plan = dry(scene, {"up", "--dry-run", "--dump", scene.folder() + "/schema"}, "2 pending");
  CHECK(names_in(document(scene.migrate({"--json"}))["ran"]) == names_in(plan["plan"]));
  const auto down = dry(scene, {"down", "--dry-run", "--to", "1"}, "would take back 2_b");
  const auto before = scene.fingerprint();
  CHECK(names_in(document(scene.migrate({"down", "--to", "1", "--yes", "--json"}))["ran"]) ==
        names_in(down["reversals"]));
  CHECK(scene.fingerprint() != before);
  REQUIRE(scene.migrate().exit_code == 0);

  scene.file("3_c.sql", "-- migrate:up\nCREATE TABLE c (n int);\n-- migrate:down\nDROP TABLE c; -- now\n");
  dry_refused(scene, {"down", "--dry-run"}, 6);
  dry_refused(scene, {"redo", "--dry-run", "--yes"}, 6);
  dry_refused(scene, {"--dry-run"}, 6);
  dry_refused(scene, {"bless", "2", "--reason", "x", "--dry-run"}, 2);
  const auto bless =
      dry(scene, {"bless", "3", "--reason", "x", "--dry-run"}, "would accept 3_c as it is now");
  CHECK(bless["accepted"] == "3_c");
  CHECK(document(scene.migrate({"bless", "3", "--reason", "x", "--json"}))["accepted"] == "3_c");
  CHECK(scene.migrate({"verify"}).exit_code == 0);
  scene.remove("3_c.sql");
  dry_refused(scene, {"redo", "--dry-run", "--yes"}, 6);
  dry(scene, {"down", "--dry-run"}, "would take back 3_c");  // by the text that the history has kept
}

TEST_CASE("a dry run of up says that errors of lint stop it") {
  const Scene scene;
  scene.rows("CREATE TABLE used (n bigint); INSERT INTO used VALUES (1); ANALYZE used");
  scene.file("1_index.sql", "CREATE INDEX ON used (n);\n");
  const auto json = dry(scene, {"--dry-run"}, "lint errors stop `up` before the first file (exit 8)");
  CHECK(json["findings"].size() == 1);
  CHECK_FALSE(contains(scene.migrate({"--dry-run", "--allow-unsafe"}).out, "stop `up`"));
  CHECK(scene.migrate().exit_code == 8);
}

TEST_CASE("a dry run waits for no other migrate and leaves no lock, on a database that takes no writes too") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  write_three(scene);
  REQUIRE(scene.migrate({"--to", "2"}).exit_code == 0);
  scene.file("3_c.sql", kSleepWhileSlow);
  auto runner = scene.start();
  scene.wait_for_sleep();
  for (const Arguments& arguments :
       {Arguments{"--dry-run"}, Arguments{"down", "--dry-run"}, Arguments{"redo", "--dry-run"},
        Arguments{"baseline", "3", "--dry-run"}}) {
    const auto done = scene.migrate(arguments);
    CAPTURE(said(done));
    CHECK(done.exit_code == 0);
    CHECK_FALSE(contains(done.out, "waiting for another migrate"));
  }
  runner.signal(SIGTERM);
  CHECK(runner.wait().exit_code == 143);
  scene.rows("DELETE FROM slow");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.rows(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',"
      " current_database()); END $$");
  CHECK(scene.migrate({"down", "--yes"}).exit_code == 7);
  CHECK(contains(scene.migrate({"down", "--dry-run"}).out, "would forget 3_c"));
}

}  // namespace dry_run_test
