// `migrate drift` of files that need objects which no migration makes: another tool's history, owners,
// extensions, the objects of a prelude; and the advice after a failed replay.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/adopt_case.hpp"

namespace drift_outside_test {

using namespace bigocean::test;

TEST_CASE("drift: an adopted tool's history table is there for the files, and is no drift") {
  for (auto adopt : adopt_cases()) {
    // One file of these is a program, which makes b.
    const bool program = adopt.tool == "goose" || adopt.tool == "node-pg-migrate";
    CAPTURE(adopt.tool);
    const Scene scene;
    set_up(scene, adopt);
    REQUIRE(scene.migrate({"adopt", "--apply"}).exit_code == 0);
    const auto adopted = scene.migrate({"drift"});
    CHECK_MESSAGE(adopted.exit_code == (program ? 6 : 0), said(adopted));
    if (program) {
      CHECK(contains(adopted.out, "what it made is shown as extra, unless --prelude FILE makes it"));
      CHECK(contains(adopted.out, "extra     table public.b"));
      CHECK(contains(adopted.out, "drift: 1 difference "));
      const TempDir elsewhere;
      elsewhere.write("prelude.sql", "CREATE TABLE b (n int);\n");
      CHECK(scene.migrate({"drift", "--prelude", elsewhere.path() + "/prelude.sql"}).exit_code == 0);
      continue;
    }
    adopt.next.front().second += "DELETE FROM " + adopt.table + " WHERE false;\n";
    for (const auto& [name, text] : adopt.next) scene.file(name, text);
    const auto up = scene.migrate();
    REQUIRE_MESSAGE(up.exit_code == 0, said(up));
    const auto drift = scene.migrate({"drift"});
    CHECK_MESSAGE(drift.exit_code == 0, said(drift));
  }
}

TEST_CASE("drift: a tool's history table that is not adopted, or that a file makes, is left to the files") {
  const Scene scene;
  scene.rows("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
  scene.file("1_a.sql", "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  CHECK(scene.migrate({"drift"}).exit_code == 0);
  const Scene other;
  other.rows("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
  other.file("1_a.sql", "CREATE TABLE a (b int);\n");
  REQUIRE(other.migrate().exit_code == 0);
  const auto drift = other.migrate({"drift"});
  CHECK(drift.exit_code == 6);
  CHECK(contains(drift.out, "extra     table public.schema_migrations"));
}

TEST_CASE("drift: a prelude makes what comes from outside, and a failure without it says so") {
  Scene scene;
  scene.rows(
      "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY); CREATE FUNCTION auth.uid() RETURNS "
      "uuid LANGUAGE sql AS 'SELECT NULL::uuid'");
  const TempDir elsewhere;
  const std::string prelude = elsewhere.path() + "/prelude.sql";
  elsewhere.write("prelude.sql",
                  "CREATE SCHEMA auth;\nCREATE TABLE auth.users (id uuid PRIMARY KEY);\n"
                  "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';\n");
  scene.file("1_a.sql", "CREATE TABLE a (owner uuid DEFAULT auth.uid() REFERENCES auth.users);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto without = scene.migrate({"drift"});
  CAPTURE(said(without));
  CHECK(without.exit_code == 5);
  CHECK(contains(without.err, "--prelude FILE"));
  const auto with = scene.migrate({"drift", "--prelude", prelude});
  CHECK_MESSAGE(with.exit_code == 0, said(with));
  CHECK(contains(with.out, "(1 replayed, "));
  scene.environment["BIGOCEAN_MIGRATE_PRELUDE"] = prelude;
  CHECK(scene.migrate({"drift"}).exit_code == 0);
  CHECK(scene.history() == "1_a");

  const auto missing = scene.migrate({"drift", "--prelude", prelude + ".not"});
  CHECK(missing.exit_code == 2);
  CHECK(contains(missing.err, "cannot read the prelude"));
  elsewhere.write("prelude.sql", "CREATE SCHEMA auth;\nCREATE TABEL auth.users (id uuid);\n");
  const auto wrong = scene.migrate({"drift"});
  CHECK(wrong.exit_code == 5);
  CHECK(contains(wrong.err, "prelude.sql:2:8: "));
  elsewhere.write("prelude.sql", "CREATE ROLE stranger;\n");
  const auto role = scene.migrate({"drift"});
  CHECK(role.exit_code == 2);
  CHECK(contains(role.err, "prelude.sql:1: CREATE ROLE"));
}

TEST_CASE("drift: what a failed replay advises fits a scratch database") {
  struct Failure {
    std::string made_by_hand;
    std::string file;
    std::string advice;
  };
  for (const Failure& failure : {
           Failure{"CREATE TABLE t (a int)", "ALTER TABLE t ADD b int;\n", "--prelude FILE"},
           Failure{"CREATE TYPE t AS ENUM ('a')", "CREATE TABLE u (a t);\n", "--prelude FILE"},
           Failure{"CREATE SCHEMA s", "CREATE TABLE s.t (a int);\n", "--prelude FILE"},
           Failure{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "SELECT f();\n",
                   "--prelude FILE"},
           Failure{"CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
                   "CREATE TABLE IF NOT EXISTS t (a int);\nSELECT 1 / count(*) FROM t;\n",
                   "your database is unchanged"},
           Failure{"SELECT 1",
                   "SELECT pg_sleep(CASE WHEN current_database() LIKE 'bigocean_scratch_%' THEN 60 ELSE 0 "
                   "END);\n",
                   "--statement-timeout"},
       }) {
    CAPTURE(failure.file);
    const Scene scene;
    scene.rows(failure.made_by_hand);
    scene.file("1_a.sql", failure.file);
    REQUIRE(scene.migrate().exit_code == 0);
    const auto drift = scene.migrate({"drift", "--statement-timeout", "2s"});
    CAPTURE(said(drift));
    CHECK(drift.exit_code == 5);
    CHECK(contains(drift.err, failure.advice));
    CHECK_FALSE(contains(drift.err, "goes on from where it stopped"));
    CHECK_FALSE(contains(drift.err, "run the same command again"));
    CHECK_FALSE(contains(drift.err, "-- bigocean:"));
  }
}

TEST_CASE("drift: owners, their grants, default privileges and policies are as in the database") {
  const Scene scene;
  scene.rows("CREATE ROLE drift_owner; CREATE ROLE drift_reader");
  scene.file(
      "1_a.sql",
      "CREATE SCHEMA app AUTHORIZATION drift_owner;\n"
      "CREATE TABLE app.t (id bigint GENERATED ALWAYS AS IDENTITY, a int);\n"
      "ALTER TABLE app.t OWNER TO drift_owner;\n"
      "GRANT SELECT ON app.t TO drift_owner, drift_reader, postgres;\n"
      "CREATE FUNCTION app.f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
      "ALTER FUNCTION app.f(int, int) OWNER TO drift_owner;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO drift_reader;\n"
      "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT USAGE ON SEQUENCES TO drift_reader;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE drift_owner IN SCHEMA app GRANT INSERT ON TABLES TO drift_reader;\n"
      "CREATE TABLE app.u (a int);\n"
      "CREATE POLICY p ON app.u TO CURRENT_USER USING (true);\n"
      "SET ROLE postgres;\n"
      "CREATE TABLE app.gone (a int);\nALTER TABLE app.gone OWNER TO drift_owner;\nDROP TABLE app.gone;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto drift = scene.migrate({"drift"});
  CHECK_MESSAGE(drift.exit_code == 0, said(drift));
  CHECK_FALSE(contains(drift.out + drift.err, "left out"));
  scene.rows(
      "REVOKE SELECT ON app.u FROM drift_reader; ALTER DEFAULT PRIVILEGES FOR ROLE drift_owner IN SCHEMA app "
      "REVOKE INSERT ON TABLES FROM drift_reader");
  const auto found = scene.migrate({"drift"});
  CAPTURE(said(found));
  CHECK(found.exit_code == 6);
  CHECK(contains(found.out, "drift: 2 differences"));
}

TEST_CASE("drift: a grant to CURRENT_USER on what was given to another role before is shown as extra") {
  const Scene scene;
  scene.rows("CREATE ROLE drift_other");
  scene.file(
      "1_a.sql",
      "CREATE TABLE a (b int);\nALTER TABLE a OWNER TO drift_other;\nGRANT SELECT ON a TO CURRENT_USER;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto drift = scene.migrate({"drift"});
  CAPTURE(said(drift));
  CHECK(drift.exit_code == 6);
  CHECK(contains(drift.out, "extra     grant GRANT ON TABLE public.a TO postgres"));
}

TEST_CASE("drift: a prelude makes roles on a throwaway server") {
  PrivatePostgres throwaway;
  const Scene scene;
  scene.rows("CREATE ROLE drift_elsewhere");
  scene.file("1_a.sql", "CREATE TABLE a (b int);\nGRANT SELECT ON a TO drift_elsewhere;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto without = scene.migrate({"drift", "--scratch-url", throwaway.url()});
  CAPTURE(said(without));
  CHECK(without.exit_code == 5);
  CHECK(contains(without.err, "--prelude FILE"));
  const TempDir elsewhere;
  const auto prelude = elsewhere.write("prelude.sql", "CREATE ROLE drift_elsewhere;\n");
  const auto with = scene.migrate({"drift", "--scratch-url", throwaway.url(), "--prelude", prelude});
  CHECK_MESSAGE(with.exit_code == 0, said(with));
}

TEST_CASE("drift: extensions that only a superuser may make are there for the files") {
  const Scene scene;
  scene.file("1_a.sql",
             "CREATE SCHEMA tools;\n"
             "CREATE EXTENSION pg_stat_statements;\n"
             "CREATE EXTENSION IF NOT EXISTS pgstattuple WITH SCHEMA tools;\n"
             "CREATE EXTENSION earthdistance CASCADE;\n"
             "CREATE EXTENSION hstore;\n"
             "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';\n"
             "COMMENT ON EXTENSION pg_stat_statements IS 'a';\n"
             "CREATE VIEW v AS SELECT query FROM pg_stat_statements;\n"
             "CREATE TABLE t (a hstore, at earth);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto drift = scene.migrate({"drift"});
  CHECK_MESSAGE(drift.exit_code == 0, said(drift));

  SUBCASE("one that nobody's file makes is extra, and files may use it nevertheless") {
    scene.rows("CREATE SCHEMA types; CREATE EXTENSION citext SCHEMA types; CREATE EXTENSION pg_trgm");
    scene.file("2_b.sql", "CREATE TABLE u (a types.citext);\n");
    REQUIRE(scene.migrate().exit_code == 0);
    const auto extra = scene.migrate({"drift"});
    CAPTURE(said(extra));
    CHECK(extra.exit_code == 6);
    CHECK(contains(extra.out, "extra     extension citext"));
    CHECK(contains(extra.out, "extra     extension pg_trgm"));
    CHECK(contains(extra.out, "extra     schema types"));
    CHECK(contains(extra.out, "drift: 3 differences"));
  }
  SUBCASE("what reaches other databases is closed") {
    scene.file("2_b.sql",
               "CREATE EXTENSION dblink;\nSELECT dblink('dbname=postgres', 'SELECT 1') WHERE "
               "current_database() LIKE 'bigocean_scratch_%';\n");
    REQUIRE(scene.migrate().exit_code == 0);
    const auto refused = scene.migrate({"drift"});
    CAPTURE(said(refused));
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.err, "2_b.sql:2:"));
    CHECK(contains(refused.err, "permission denied for function dblink"));
  }
}

}  // namespace drift_outside_test
