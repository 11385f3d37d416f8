// `migrate drift` never reaches beyond its scratch database, whatever the files do.
#include <doctest/doctest.h>

#include <csignal>

#include "tests/e2e/migrate/fixture.hpp"

namespace drift_reach_test {

using namespace bigocean::test;

namespace {

const std::string kLeft =
    "SELECT (SELECT count(*) FROM pg_database WHERE datname LIKE 'bigocean_scratch_%') +"
    " (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bigocean_scratch_%')";
/// Sleeps in the scratch database only.
const std::string kSleepInScratch =
    "SELECT pg_sleep(600) WHERE current_database() LIKE 'bigocean_scratch_%';\n";
const std::string kAsleep =
    "EXISTS (SELECT FROM pg_stat_activity WHERE datname LIKE 'bigocean_scratch_%' AND wait_event = "
    "'PgSleep')";

/// A file that does something to the server where it finds what to do it to.
struct Deed {
  std::string sql;
  std::string bait;   ///< makes that, after the file was applied
  std::string there;  ///< is true as long as nobody did it
};

PostgresOptions with_settings(const std::map<std::string, std::string>& settings) {
  PostgresOptions options;
  options.settings = settings;
  return options;
}

std::string database_of(const Scene& scene) { return scene.value("SELECT current_database()"); }

/// Lets the scene connect as a role of its own that owns its database.
void connect_as(Scene& scene, const std::string& role, const std::string& rights) {
  scene.rows("CREATE ROLE " + role + " LOGIN " + rights + "; ALTER DATABASE " + database_of(scene) +
             " OWNER TO " + role);
  scene.environment["DATABASE_URL"] = shared_postgres().url(database_of(scene), role);
}

}  // namespace

TEST_CASE("drift: what a file did to the server is not done again") {
  PrivatePostgres server(with_settings({{"wal_level", "logical"}}));
  const std::string drop =
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'cdc'";
  const std::string slot = "SELECT pg_create_physical_replication_slot('cdc')";
  const std::string has_slot = "EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'cdc')";
  for (const Deed& deed : {
           Deed{drop + ";\n", slot, has_slot},
           Deed{
               "DO $$ BEGIN PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots; END $$;\n",
               slot, has_slot},
           Deed{"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$" + drop + "$$;\nSELECT f();\n", slot,
                has_slot},
           Deed{"CREATE TABLE t (a int);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "PERFORM "
                "pg_drop_replication_slot(slot_name) FROM pg_replication_slots; RETURN NEW; END $$;\n"
                "CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\nINSERT INTO t "
                "VALUES (1);\n",
                slot, has_slot},
           Deed{"SELECT query_to_xml($$" + drop + "$$, true, true, '');\n", slot, has_slot},
           Deed{"SELECT pg_create_physical_replication_slot('made') WHERE EXISTS (SELECT FROM pg_roles WHERE "
                "rolname = 'bait');\n",
                "CREATE ROLE bait", "NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'made')"},
           Deed{"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bait') THEN DROP ROLE bait; "
                "END IF; END $$;\n",
                "CREATE ROLE bait", "EXISTS (SELECT FROM pg_roles WHERE rolname = 'bait')"},
           Deed{"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bait') THEN ALTER ROLE "
                "bait SET work_mem = '5MB'; END IF; END $$;\n",
                "CREATE ROLE bait", "NOT EXISTS (SELECT FROM pg_db_role_setting)"},
           Deed{"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bait') THEN PERFORM "
                "pg_switch_wal(); PERFORM pg_create_restore_point('a'); END IF; END $$;\n",
                "CREATE ROLE bait", "true"},
       }) {
    CAPTURE(deed.sql);
    const Scene scene(server);
    scene.file("1_deed.sql", deed.sql);
    REQUIRE(scene.migrate().exit_code == 0);
    scene.rows(deed.bait);
    const auto drift = scene.migrate({"drift"});
    CAPTURE(said(drift));
    CHECK(drift.exit_code == 2);
    CHECK(contains(drift.err, "cannot be replayed here: "));
    CHECK(contains(drift.err, "1_deed.sql:"));
    CHECK(contains(drift.err, "42501"));
    CHECK(contains(drift.err, "--scratch-url"));
    CHECK(scene.value("SELECT " + deed.there) == "t");
    CHECK(scene.value(kLeft) == "0");
    scene.rows(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots; DROP ROLE IF EXISTS bait");
  }
}

TEST_CASE("drift: no program, file or session of the server is touched") {
  const Scene scene;
  scene.file("1_program.sql",
             "CREATE TABLE t (a int);\nCOPY (SELECT 'ran') TO PROGRAM 'cat >> /tmp/bigocean_" +
                 database_of(scene) + "';\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto drift = scene.migrate({"drift"});
  CAPTURE(said(drift));
  CHECK(drift.exit_code == 2);
  CHECK(contains(drift.err, "1_program.sql:2:"));
  CHECK(scene.value("SELECT pg_read_file('/tmp/bigocean_" + database_of(scene) + "')") == "ran\n");
  scene.rows("COPY (SELECT 1) TO PROGRAM 'rm /tmp/bigocean_" + database_of(scene) + "'");

  const Scene other;
  other.file("1_kill.sql", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                               database_of(other) +
                               "' AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND "
                               "application_name NOT LIKE 'bigocean%';\n");
  REQUIRE(other.migrate().exit_code == 0);
  Session session(other.url);
  const auto pid = session.run("SELECT pg_backend_pid()");
  const auto killer = other.migrate({"drift"});
  CAPTURE(said(killer));
  CHECK(session.run("SELECT pg_backend_pid()") == pid);
}

TEST_CASE("drift: the files run as a role that may do nothing elsewhere, and is gone with the database") {
  PrivatePostgres server(with_settings({{"log_statement", "all"}}));
  const Scene scene(server);
  scene.file("1_sleep.sql", kSleepInScratch);
  REQUIRE(scene.migrate().exit_code == 0);
  auto drift = scene.start({"drift"});
  scene.wait_for(kAsleep);
  CHECK(scene.rows(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, "
            "rolbypassrls,"
            " rolconnlimit BETWEEN 1 AND 10, rolvaliduntil BETWEEN now() AND now() + interval '25 hours',"
            " rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname LIKE 'bigocean_scratch_%'") ==
        Rows{{"f", "f", "f", "t", "f", "f", "t", "t", "t"}});
  CHECK(scene.value("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE "
                    "rolname LIKE 'bigocean_scratch_%'") == "0");
  CHECK(scene.value("SELECT string_agg(datname, ' ') FROM pg_database d JOIN pg_roles r ON r.oid = datdba "
                    "WHERE rolname LIKE 'bigocean_scratch_%'") ==
        scene.value("SELECT rolname FROM pg_roles WHERE rolname LIKE 'bigocean_scratch_%'"));
  CHECK(scene.value(
            "SELECT usename LIKE 'bigocean_scratch_%' FROM pg_stat_activity WHERE wait_event = 'PgSleep'") ==
        "t");
  drift.signal(SIGTERM);
  CHECK(drift.wait().exit_code == 143);
  CHECK(scene.value(kLeft) == "0");
  // The log has every statement, and of the password no more than what one cannot log in with.
  CHECK(contains(server.log(), "PASSWORD 'SCRAM-SHA-256$"));
  CHECK(count_of(server.log(), "PASSWORD '") == count_of(server.log(), "PASSWORD 'SCRAM-SHA-256$"));
}

TEST_CASE("drift: a role and a database that a killed run left behind are dropped an hour later") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (b int);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const std::string old = "bigocean_scratch_20200101000000_0c", fresh = "bigocean_scratch_99990101000000_0d";
  for (const auto& name : {old, fresh}) {
    query(scene.url, "CREATE ROLE " + name);
    query(scene.url, "CREATE DATABASE " + name + " OWNER " + name);
  }
  query(scene.url, "CREATE ROLE bigocean_scratch_20200101000000_0e");
  query(scene.url, "CREATE ROLE bigocean_scratch_mine");
  const auto done = scene.migrate({"drift"});
  CHECK(done.exit_code == 0);
  CHECK(contains(done.out, "dropped " + old));
  CHECK(scene.rows("SELECT rolname FROM pg_roles WHERE rolname LIKE 'bigocean_scratch_%' ORDER BY 1") ==
        Rows{{fresh}, {"bigocean_scratch_mine"}});
  query(scene.url, "DROP DATABASE " + fresh);
  query(scene.url, "DROP ROLE " + fresh);
  query(scene.url, "DROP ROLE bigocean_scratch_mine");
}

TEST_CASE("drift: an owner cannot keep its scratch database from being dropped") {
  PrivatePostgres server(with_settings({{"max_prepared_transactions", "5"}}));
  const Scene scene(server);
  const std::string in_scratch = "current_database() LIKE 'bigocean_scratch_%'";
  scene.file("1_prepared.sql",
             "-- bigocean: transaction:false\nCREATE TABLE t (a int);\nBEGIN;\nINSERT INTO t VALUES "
             "(1);\nPREPARE TRANSACTION 'kept';\n"
             "SELECT 1 / (CASE WHEN " +
                 in_scratch + " THEN 0 ELSE 1 END);\nCOMMIT PREPARED 'kept';\n");
  scene.file("0_template.sql", "DO $$ BEGIN IF " + in_scratch +
                                   " THEN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', "
                                   "current_database()); END IF; END $$;\n");
  const auto up = scene.migrate();
  REQUIRE_MESSAGE(up.exit_code == 0, said(up));
  const auto drift = scene.migrate({"drift"});
  CAPTURE(said(drift));
  CHECK(drift.exit_code == 5);
  CHECK(contains(drift.err, "division by zero"));
  CHECK(scene.value(kLeft) == "0");
  CHECK(scene.value("SELECT count(*) FROM pg_prepared_xacts") == "0");
}

TEST_CASE("drift: CREATEROLE and CREATEDB are enough for a role of its own") {
  Scene scene;
  connect_as(scene, "makes_roles", "CREATEROLE CREATEDB");
  scene.rows(
      "CREATE SCHEMA own AUTHORIZATION makes_roles; ALTER ROLE makes_roles SET search_path = own, public");
  scene.file("1_do.sql",
             "CREATE SCHEMA IF NOT EXISTS own;\nDO $$ BEGIN CREATE TABLE a (b int); END $$;\n"
             "CREATE EXTENSION hstore;\nGRANT SELECT ON own.a TO makes_roles;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto done = scene.migrate({"drift"});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);
  CHECK(scene.value(kLeft) == "0");
}

TEST_CASE("drift: where no role can be made, files go by their text") {
  Scene scene;
  connect_as(scene, "makes_databases", "CREATEDB");
  scene.file("1_a.sql",
             "CREATE TABLE a (b int DEFAULT floor(random()), at timestamptz DEFAULT now());\nINSERT INTO a "
             "DEFAULT VALUES;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto done = scene.migrate({"drift"});
  CAPTURE(said(done));
  CHECK(done.exit_code == 0);

  scene.file("2_b.sql",
             "CREATE TABLE c (d int);\nDO $$ BEGIN NULL; END $$;\nSELECT pg_notify('a', 'b'), "
             "pg_cancel_backend(0);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"drift"});
  CAPTURE(said(refused));
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "role makes_databases may not create roles"));
  CHECK(contains(refused.err, "2_b.sql:2: DO: "));
  CHECK(contains(refused.err, "2_b.sql:3: "));
  CHECK_FALSE(contains(refused.err, "2_b.sql:1"));
  CHECK(contains(refused.err, "--scratch-url"));
  CHECK(scene.value(kLeft) == "0");
}

TEST_CASE("drift: where a new role cannot log in, files go by their text, a superuser's too") {
  PostgresOptions options;
  options.hba = "local all postgres trust\nhost all all 127.0.0.1/32 reject";
  PrivatePostgres server(options);
  const Scene scene(server);
  scene.file("1_a.sql", "CREATE TABLE a (b int);\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto done = scene.migrate({"drift"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  scene.file("2_b.sql", "DO $$ BEGIN NULL; END $$;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"drift"});
  CAPTURE(said(refused));
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "a new role cannot log in"));
  CHECK(contains(refused.err, "2_b.sql:1: DO"));
  CHECK(scene.value(kLeft) == "0");
}

TEST_CASE("drift: where a new role can log in over TCP only, it does") {
  PostgresOptions options;
  options.hba = "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256";
  PrivatePostgres server(options);
  const Scene scene(server);
  scene.file("1_a.sql", "DO $$ BEGIN CREATE TABLE a (b int); END $$;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto done = scene.migrate({"drift"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value(kLeft) == "0");
}

TEST_CASE("drift: --scratch-url runs files with its role's rights, but not on the database's own server") {
  PrivatePostgres throwaway;
  const Scene scene;
  scene.file("1_reload.sql",
             "DO $$ BEGIN PERFORM pg_reload_conf(); END $$;\nCREATE PUBLICATION p FOR ALL TABLES;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto elsewhere = scene.migrate({"drift", "--scratch-url", throwaway.url()});
  CHECK_MESSAGE(elsewhere.exit_code == 0, said(elsewhere));
  CHECK(query(throwaway.url(), kLeft) == Rows{{"0"}});

  const auto home = scene.migrate({"drift", "--scratch-url", shared_postgres().tcp_url()});
  CAPTURE(said(home));
  CHECK(home.exit_code == 2);
  CHECK(contains(home.err, "cannot be replayed here"));
}

TEST_CASE("drift: a pooler of sessions lets it work as the server itself does") {
  PrivatePgBouncer bouncer(shared_postgres(), "session");
  Scene scene;
  scene.file("1_a.sql", "DO $$ BEGIN CREATE TABLE a (b int); END $$;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto past = scene.environment["DATABASE_URL"];
  scene.environment["DATABASE_URL"] = bouncer.url(database_of(scene));
  const auto pooled = scene.migrate({"drift", "--session-pooler"});
  CHECK_MESSAGE(pooled.exit_code == 0, said(pooled));
  scene.environment["DATABASE_UNPOOLED_URL"] = past;
  const auto unpooled = scene.migrate({"drift"});
  CHECK_MESSAGE(unpooled.exit_code == 0, said(unpooled));
  CHECK(scene.value(kLeft) == "0");
}

}  // namespace drift_reach_test
