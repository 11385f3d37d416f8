// `migrate drift` by the real binary: its output, and that the scratch database is always removed.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

namespace drift_test {

using namespace bigocean::test;

namespace {

const std::string kScratches = "SELECT count(*) FROM pg_database WHERE datname LIKE 'bigocean_scratch_%'";
/// Sleeps in the scratch database only.
const std::string kSleepInScratch =
    "SELECT pg_sleep(600) WHERE current_database() LIKE 'bigocean_scratch_%';\n";

/// Two migrations, applied.
struct AppliedScene : Scene {
  AppliedScene() {
    file("1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n");
    file("2_index.sql", "CREATE INDEX CONCURRENTLY users_email ON users (email);\n");
    REQUIRE(migrate().exit_code == 0);
  }
};

std::string database_of(const Scene& scene) { return scene.value("SELECT current_database()"); }

}  // namespace

TEST_CASE("drift says nothing of a database that is as its migrations say, and names what is not") {
  const AppliedScene scene;
  const auto clean = scene.migrate({"drift"});
  CAPTURE(said(clean));
  CHECK(clean.exit_code == 0);
  CHECK(contains(clean.out, "no drift: database "));

  scene.rows(
      "DROP INDEX users_email; ALTER TABLE users ALTER email DROP NOT NULL; CREATE TABLE by_hand (a int)");
  const auto drift = scene.migrate({"drift"});
  CAPTURE(said(drift));
  CHECK(drift.exit_code == 6);
  for (const char* line :
       {"different column public.users.email\n  -email text NOT NULL\n  +email text\n",
        "extra     table public.by_hand\n  +CREATE TABLE public.by_hand (\n  +  a integer\n  +);\n",
        "missing   index public.users_email\n  -CREATE INDEX users_email ON public.users USING btree "
        "(email);\n",
        "drift: 3 differences between the applied migrations (-) and database "}) {
    CHECK_MESSAGE(contains(drift.out, line), line);
  }
  const auto json = document(scene.migrate({"drift", "--json"}));
  CHECK(json["exit_code"] == 6);
  CHECK(json["drift"]["found"] == true);
  CHECK(json["drift"]["differences"].size() == 3);
  CHECK(json["drift"]["differences"][0]["database"] == "email text");

  CHECK(scene.migrate({"drift", "--ignore", "public.by_*", "--ignore", "public.users"}).exit_code == 0);
  CHECK(scene.value(kScratches) == "0");
}

TEST_CASE("another order of columns is told and is no drift") {
  const AppliedScene scene;
  scene.rows(
      "ALTER TABLE users ADD e text; UPDATE users SET e = email; DROP INDEX users_email;"
      "ALTER TABLE users DROP id, DROP email; ALTER TABLE users RENAME e TO email;"
      "ALTER TABLE users ALTER email SET NOT NULL, ADD id bigint PRIMARY KEY;"
      "CREATE INDEX users_email ON users (email)");
  const auto done = scene.migrate({"drift"});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
  CHECK(contains(done.out, "order     table public.users"));
  CHECK(contains(done.out, "migrations: id, email\n    database:   email, id\n"));
}

TEST_CASE("compared is what was applied: pending files are left out, unknown ones come from the history") {
  const AppliedScene scene;
  scene.file("3_pending.sql", "CREATE TABLE pending (a int);\n");
  const auto pending = scene.migrate({"drift"});
  CAPTURE(said(pending));
  CHECK(pending.exit_code == 0);
  CHECK(contains(pending.out, "1 pending, left out"));

  REQUIRE(scene.migrate().exit_code == 0);
  scene.remove("3_pending.sql");
  const auto ahead = scene.migrate({"drift"});
  CAPTURE(said(ahead));
  CHECK(ahead.exit_code == 0);
  CHECK(contains(ahead.out, "3_pending is applied and not among the files here"));

  scene.file("1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n");
  const auto edited = scene.migrate({"drift"});
  CAPTURE(said(edited));
  CHECK(edited.exit_code == 6);
  CHECK(contains(edited.out, "1_users was edited after it was applied"));
  CHECK(contains(edited.out, "different column public.users.email"));

  scene.rows("UPDATE bigocean.migrations SET state = 'running' WHERE name = '2_index'");
  const auto half = scene.migrate({"drift"});
  CHECK(half.exit_code == 6);
  CHECK(contains(half.err, "2_index is half applied"));
}

TEST_CASE("what the database is set to holds in the scratch database, too") {
  const Scene scene;
  scene.rows("CREATE SCHEMA \"my app\"; ALTER DATABASE " + database_of(scene) +
             " SET search_path = \"my app\", public; ALTER DATABASE " + database_of(scene) +
             " SET TimeZone = 'Asia/Tokyo'");
  scene.file("1_a.sql",
             "CREATE SCHEMA IF NOT EXISTS \"my app\";\n"
             "CREATE TABLE a (at timestamptz DEFAULT '2020-01-01 00:00');\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto done = scene.migrate({"drift"});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
}

TEST_CASE("the scratch database is gone after an error and after a signal") {
  const Scene scene;
  scene.rows("CREATE TABLE by_hand (a int)");
  scene.file("1_alter.sql", "ALTER TABLE by_hand ADD b int;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto failed = scene.migrate({"drift"});
  CAPTURE(said(failed));
  CHECK(failed.exit_code == 5);
  CHECK(contains(failed.err, "the migrations do not run in an empty scratch database"));
  CHECK(contains(failed.err, "1_alter.sql:1:"));
  CHECK(scene.value(kScratches) == "0");

  scene.file("1_alter.sql", kSleepInScratch);
  for (const auto& [signal, exit_code] : {std::pair{SIGTERM, 143}, std::pair{SIGINT, 130}}) {
    auto drift = scene.start({"drift"});
    scene.wait_for(
        "EXISTS (SELECT FROM pg_stat_activity WHERE datname LIKE 'bigocean_scratch_%' AND wait_event = "
        "'PgSleep')");
    drift.signal(signal);
    CHECK(drift.wait().exit_code == exit_code);
    CHECK(scene.value(kScratches) == "0");
  }
}

TEST_CASE("a scratch database that a killed run left behind is dropped an hour later") {
  const AppliedScene scene;
  const std::string old = "bigocean_scratch_20200101000000_0a", fresh = "bigocean_scratch_99990101000000_0b";
  for (const auto& name : {old, fresh}) query(scene.url, "CREATE DATABASE " + name);
  const auto done = scene.migrate({"drift"});
  CHECK(done.exit_code == 0);
  CHECK(contains(done.out, "dropped " + old));
  CHECK(scene.rows("SELECT datname FROM pg_database WHERE datname LIKE 'bigocean_scratch_%'") ==
        Rows{{fresh}});
  query(scene.url, "DROP DATABASE " + fresh);
}

TEST_CASE("a role that may not create databases is told what to do, and --scratch-url does it") {
  Scene scene;
  auto& server = shared_postgres();
  scene.rows("CREATE ROLE plain LOGIN; ALTER DATABASE " + database_of(scene) + " OWNER TO plain");
  scene.environment["DATABASE_URL"] = server.url(database_of(scene), "plain");
  scene.file("1_a.sql", "CREATE TABLE a (b int);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"drift"});
  CAPTURE(said(refused));
  CHECK(refused.exit_code == 5);
  CHECK(contains(refused.err, "ALTER ROLE \"plain\" CREATEDB"));
  CHECK(contains(refused.err, "--scratch-url"));
  const auto done =
      scene.migrate({"drift", "--scratch-url", server.tcp_url("postgres", "postgres", "s3cr3t")});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
  CHECK_FALSE(contains(done.out + done.err, "s3cr3t"));

  const auto unreachable =
      scene.migrate({"drift", "--scratch-url",
                     "postgresql://app:s3cr3t@127.0.0.1:" + std::to_string(free_port()) + "/app"});
  CHECK(unreachable.exit_code == 7);
  CHECK(contains(unreachable.err, "the server for the scratch database"));
  CHECK_FALSE(contains(unreachable.out + unreachable.err, "s3cr3t"));
}

TEST_CASE("statements that reach beyond the database run again on a throwaway server only") {
  Scene scene;
  scene.file("1_role.sql",
             "CREATE TABLE a (b int);\n"
             "CREATE ROLE visitor PASSWORD 'x';\n"
             "GRANT pg_monitor TO visitor;\n"
             "GRANT SELECT ON a TO visitor;\n"
             "GRANT CONNECT ON DATABASE " +
                 database_of(scene) + " TO visitor;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"drift"});
  CAPTURE(said(refused));
  CHECK(refused.exit_code == 2);
  for (const char* place : {"1_role.sql:2: CREATE ROLE", "1_role.sql:3: GRANT", "1_role.sql:5: GRANT"})
    CHECK_MESSAGE(contains(refused.err, place), place);
  CHECK_FALSE(contains(refused.err, "1_role.sql:4"));
  CHECK(contains(refused.err, "--scratch-url"));

  PrivatePostgres throwaway;
  query(throwaway.url(), "CREATE DATABASE " + database_of(scene));
  const auto done = scene.migrate({"drift", "--scratch-url", throwaway.url()});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
  CHECK(query(throwaway.url(), kScratches) == Rows{{"0"}});
}

}  // namespace drift_test
