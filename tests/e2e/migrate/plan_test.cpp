// plan on the real binary, by rules: locks, sizes, blockers, verdicts, and --rehearse. preview_test.cpp has
// the rest.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace plan_test {

using namespace bigocean::test;
using Json = nlohmann::json;

namespace {

struct PlanScene : Scene {
  PlanScene() {
    query(url,
          "CREATE TABLE users (id bigint PRIMARY KEY, email text);"
          "INSERT INTO users SELECT n, 'a' FROM generate_series(1, 1000) AS n; ANALYZE users;"
          "CREATE TABLE rooms (id bigint PRIMARY KEY)");
  }
  Json plan(Arguments arguments = {}) const {
    arguments.insert(arguments.begin(), {"plan", "--json", "--no-preview"});
    return document(migrate(arguments));
  }
};

}  // namespace

TEST_CASE("plan shows each statement's lock, the table's size and work, and a verdict for each file") {
  PlanScene scene;
  scene.file("1_brief.sql", "SELECT 1;\nALTER TABLE users ADD COLUMN x int;\n");
  scene.file("2_weak.sql", "CREATE INDEX CONCURRENTLY users_x ON users (x);");
  scene.file("3_new.sql", "CREATE TABLE fresh (n bigint);\nCREATE INDEX ON fresh (n);");
  scene.file("4_block.sql", "DO $$ BEGIN END $$;");
  const auto files = scene.plan()["outlook"];
  REQUIRE(files.size() == 4);
  CHECK(files[0]["verdict"] == "brief lock");
  CHECK(files[1]["verdict"] == "brief lock");
  CHECK(files[2]["verdict"] == "safe");
  CHECK(files[3]["verdict"] == "unknown");
  CHECK(files[2]["statements"].empty());
  CHECK(files[3]["statements"][0]["note"] == "what it does is not analysed");
  REQUIRE(files[0]["statements"].size() == 1);
  CHECK(files[0]["statements"][0]["line"] == 2);
  const auto lock = files[0]["statements"][0]["locks"][0];
  CHECK(lock["table"] == "users");
  CHECK(lock["mode"] == "ACCESS EXCLUSIVE");
  CHECK(lock["work"] == "");
  CHECK(lock["rows"] == 1000);
  CHECK(lock["bytes"] > 8192);
  CHECK(lock["estimate_ms"] == 0);
  CHECK(files[1]["statements"][0]["locks"][0]["mode"] == "SHARE UPDATE EXCLUSIVE");
  CHECK(files[1]["statements"][0]["locks"][0]["work"] == "builds an index over it");
}

TEST_CASE("a large table under a strong lock needs a window, and the estimate says on what it rests") {
  PlanScene scene;
  // 60 MB in few rows, which neither TOAST nor compression makes small.
  query(scene.url,
        "ALTER TABLE users ALTER email SET STORAGE PLAIN;"
        "INSERT INTO users SELECT n, repeat('x', 7000) FROM generate_series(2001, 9500) AS n; ANALYZE users");
  scene.file("1_rewrite.sql", "ALTER TABLE users ALTER email TYPE bytea USING email::bytea;");
  scene.file("2_held.sql", "ALTER TABLE users ADD y int;\nUPDATE users SET y = 1 WHERE y IS NULL;");
  const auto json = scene.plan();
  for (const auto& file : json["outlook"]) {
    CHECK(file["verdict"] == "needs a window");
    CHECK(file["blocked_ms"] > 1000);
  }
  const auto lock = json["outlook"][0]["statements"][0]["locks"][0];
  CHECK(lock["work"] == "rewrites it");
  CHECK(contains(lock["basis"], "MB at 40.0 MB/s"));
  CHECK(json["findings"].size() == 2);
}

TEST_CASE("plan names the sessions that would be waited for now") {
  PlanScene scene;
  scene.file("1_alter.sql", "ALTER TABLE users ADD COLUMN x int;");
  scene.file("2_rooms.sql", "ALTER TABLE rooms ADD COLUMN x int;");
  Session reader(scene.url);
  reader.run("BEGIN; SELECT count(*) FROM users");
  const auto pid = std::stoi(reader.run("SELECT pg_backend_pid()")[0][0]);
  const auto files = scene.plan()["outlook"];
  const auto blockers = files[0]["statements"][0]["locks"][0]["blockers"];
  REQUIRE(blockers.size() == 1);
  CHECK(blockers[0]["pid"] == pid);
  CHECK(blockers[0]["state"] == "idle in transaction");
  CHECK(files[1]["statements"][0]["locks"][0]["blockers"].empty());
  CHECK(contains(scene.migrate({"plan"}).out, "would wait now for pid " + std::to_string(pid)));
}

TEST_CASE("a rehearsal shows the locks that were really taken, and leaves nothing behind") {
  PlanScene scene;
  scene.file("1_alter.sql", "SET search_path = pg_catalog;\nALTER TABLE public.users ADD COLUMN x int;");
  scene.file("2_index.sql", "CREATE INDEX CONCURRENTLY ON rooms (id);");
  scene.file("3_rows.sql",
             "CREATE TABLE fresh (n bigint);\nCOPY fresh FROM stdin;\n1\n\\.\nUPDATE users SET x = 1;\n"
             "INSERT INTO rooms VALUES (7);");
  const auto json = scene.plan({"--rehearse"});
  CHECK(json["exit_code"] == 0);
  const auto files = json["rehearsed"];
  REQUIRE(files.size() == 3);
  CHECK(contains(files[0]["locks"].dump(), R"({"mode":"AccessExclusiveLock","table":"public.users"})"));
  CHECK(contains(files[1]["skipped"], "CONCURRENTLY"));
  CHECK(contains(files[2]["locks"].dump(), R"({"mode":"RowExclusiveLock","table":"public.rooms"})"));
  CHECK(!contains(files[2]["locks"].dump(), "fresh"));
  CHECK(!scene.has_table("fresh"));
  CHECK(scene.value("SELECT count(*) FROM rooms") == "0");
  CHECK(scene.history().empty());
}

TEST_CASE("a rehearsal stops at the first file that fails, with its place") {
  PlanScene scene;
  scene.file("1_fine.sql", "ALTER TABLE users ADD COLUMN x int;");
  scene.file("2_wrong.sql", "SELECT 1;\nALTER TABLE users ADD COLUMN x int;");
  const auto json = scene.plan({"--rehearse"});
  CHECK(json["exit_code"] == 5);
  CHECK(json["rehearsed"].size() == 1);
  CHECK(json["error"]["line"] == 2);
  CHECK(json["error"]["sqlstate"] == "42701");
  CHECK(contains(json["error"]["message"], "nothing is applied"));
  CHECK(scene.value(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'x'") == "0");
}

TEST_CASE("a rehearsal waits briefly for a held table, and names the holder") {
  PlanScene scene;
  scene.file("1_alter.sql", "ALTER TABLE users ADD COLUMN x int;");
  Session reader(scene.url);
  reader.run("BEGIN; SELECT count(*) FROM users");
  const auto done = scene.migrate({"plan", "--rehearse", "--lock-timeout", "300ms"});
  CAPTURE(said(done));
  CHECK(done.exit_code == 9);
  CHECK(contains(done.err, "blocked by pid " + reader.run("SELECT pg_backend_pid()")[0][0]));
}

}  // namespace plan_test
