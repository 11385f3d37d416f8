// The settings of one file never reach the next one, and text is always read by the same rules.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/e2e/migrate/fixture.hpp"

namespace session_state_test {

using namespace bigocean::test;

namespace {

/// Everything that a session shows of its state, as one query of (name, value).
const std::string kSessionState =
    "SELECT 'setting ' || name AS name, setting FROM pg_settings"
    " UNION ALL SELECT 'users', current_user || ' ' || session_user"
    " UNION ALL SELECT 'custom setting', coalesce(current_setting('app.tenant', true), 'none')"
    " UNION ALL SELECT 'prepared statements', count(*)::text FROM pg_prepared_statements"
    " UNION ALL SELECT 'cursors', count(*)::text FROM pg_cursors WHERE is_holdable"
    " UNION ALL SELECT 'listens', count(*)::text FROM pg_listening_channels()"
    " UNION ALL SELECT 'temporary objects', count(*)::text FROM pg_class WHERE relnamespace = "
    "pg_my_temp_schema()"
    " UNION ALL SELECT 'advisory locks', count(*)::text FROM pg_locks WHERE locktype = 'advisory'"
    "   AND pid = pg_backend_pid()";

/// What a session of the engine's has on purpose.
bool is_ours(const std::string& name) {
  for (const std::string setting :
       {"application_name", "client_connection_check_interval", "idle_in_transaction_session_timeout",
        "idle_session_timeout", "transaction_timeout", "lock_timeout", "statement_timeout",
        "synchronous_commit", "client_encoding", "transaction_isolation", "deadlock_timeout"}) {
    if (name == "setting " + setting) return true;
  }
  return false;
}

std::map<std::string, std::string> as_map(const Rows& rows) {
  std::map<std::string, std::string> map;
  for (const auto& row : rows) map[row.at(0)] = row.at(1);
  return map;
}

/// The next file's view of its session, which must be a new session's; `locks` is what the migration lock
/// counts for.
void check_next_file_sees_a_new_session(const Scene& scene) {
  const auto seen = as_map(scene.rows("SELECT name, setting FROM seen"));
  for (const auto& [name, value] : as_map(scene.rows(kSessionState))) {
    if (is_ours(name) || name.starts_with("setting plpgsql.")) continue;
    const auto expected = name == "advisory locks" ? "1" : value;
    CHECK_MESSAGE(seen.at(name) == expected, name << " is " << seen.at(name) << " instead of " << expected);
  }
}

const std::string kSee = "CREATE TABLE seen AS " + kSessionState + ";\n";

const std::string kChangeEverything =
    "SET search_path = other, public; SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo';\n"
    "SET default_transaction_isolation = 'serializable'; SET default_transaction_read_only = on;\n"
    "SET default_transaction_deferrable = on; SET session_replication_role = replica; SET row_security = "
    "off;\n"
    "SET check_function_bodies = off; SET client_min_messages = error; SET work_mem = '77MB';\n"
    "SET statement_timeout = '59s'; SET lock_timeout = '58s'; SET bytea_output = 'escape'; SET xmloption = "
    "document;\n"
    "SET client_encoding = 'LATIN1'; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE "
    "READ;\n"
    "PREPARE question AS SELECT 1; LISTEN news; CREATE TEMP TABLE passing (n int);\n"
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1; SET role = other;\n";

}  // namespace

TEST_CASE("after a file that sets everything, the next one finds what a new session shows") {
  const Scene scene;
  scene.rows("DO $$ BEGIN CREATE ROLE other; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  scene.rows("CREATE SCHEMA other AUTHORIZATION other; GRANT CREATE ON SCHEMA public TO other");
  std::string file, mark;
  SUBCASE("in one message") { file = kChangeEverything; }
  SUBCASE("statement by statement") {
    mark = "-- migrate:up transaction:false\n";
    file = kChangeEverything;
  }
  SUBCASE("in a transaction of its own") {
    mark = "-- migrate:up transaction:false\n";
    file = "BEGIN;\n" + kChangeEverything + "COMMIT;\n";
  }
  SUBCASE("in batches") {
    file = kChangeEverything;
    file.replace(file.find("SET default_transaction_read_only = on"), 38, "SELECT 1");
    for (int i = 0; i < 3000; ++i) file += "SELECT '" + std::string(100, 'x') + "';\n";
  }
  SUBCASE("a setting of one's own, which only a new session does not know") {
    file = "SET app.tenant = 'somebody';";
  }
  SUBCASE("the same by a function") {
    file = "DO $$ BEGIN PERFORM set_config('app.tenant', 'x', false); END $$;";
  }
  SUBCASE("advisory locks") { file = "SELECT pg_advisory_lock(4711);"; }
  SUBCASE("the migration lock given away") { file = "SELECT pg_advisory_unlock_all();"; }
  SUBCASE("a default of the database") {
    file =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''33MB''', current_database()); END "
        "$$;";
  }
  SUBCASE("a default of the role") {
    file =
        "ALTER ROLE CURRENT_USER IN DATABASE postgres SET work_mem = '33MB';"
        "ALTER ROLE CURRENT_USER IN DATABASE postgres RESET work_mem;";
  }
  scene.file("1_sets.sql", mark + file);
  scene.file("2_sees.sql", kSee);
  scene.file("3_more.sql", "CREATE TABLE more (n int);");
  const auto done = scene.migrate({"--allow-unsafe"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_sets 2_sees 3_more");
  CHECK(contains(done.out, "done: 3 applied now"));
  check_next_file_sees_a_new_session(scene);
  scene.wait_for("(" + kLocksHeld + ") = 0");
}

TEST_CASE("a second try of a file begins in the known state: what no rollback takes back is gone") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_prepare.sql", "PREPARE p AS SELECT 1;\nEXECUTE p;\nALTER TABLE busy ADD COLUMN note text;\n");
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  auto runner = scene.start({"--lock-timeout", "100ms"});
  REQUIRE(runner.wait_for_output("retry ", std::chrono::seconds(30)));
  idle.run("COMMIT");
  const auto done = runner.wait();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("the isolation level is the file's, whatever the database, the role or the URL say") {
  Scene scene;
  scene.rows("CREATE TABLE level (name text)");
  std::string file = "INSERT INTO level SELECT current_setting('transaction_isolation');",
              expected = "read committed";
  SUBCASE("the database's default") {
    scene.rows(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''',"
        " current_database()); END $$");
  }
  SUBCASE("the URL's") {
    scene.environment["DATABASE_URL"] += "&options=-cdefault_transaction_isolation%3Dserializable";
  }
  SUBCASE("the file's first statement") {
    file = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n" + file;
    expected = "serializable";
  }
  SUBCASE("the file's first statement, of a file in batches") {
    for (int i = 0; i < 3000; ++i) file += "SELECT '" + std::string(100, 'x') + "';\n";
    file = "SET LOCAL TRANSACTION_ISOLATION = 'repeatable read';\n" + file;
    expected = "repeatable read";
  }
  if (!contains(scene.environment["DATABASE_URL"], "?")) {
    auto& url = scene.environment["DATABASE_URL"];
    if (const auto at = url.find('&'); at != std::string::npos) url[at] = '?';
  }
  scene.file("1_level.sql", file);
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT name FROM level") == expected);
}

TEST_CASE("text is UTF-8 in the table and in the history, whatever a file or the URL sets") {
  Scene scene;
  const std::string many(3000, ' ');
  SUBCASE("set by the file before") {
    scene.file("1_set.sql", "SET client_encoding = 'LATIN1'; CREATE TABLE city (name text);");
    scene.file("2_city.sql", "INSERT INTO city VALUES ('Köln');");
  }
  SUBCASE("set by the file itself") {
    scene.file(
        "2_city.sql",
        "SET client_encoding = 'LATIN1'; CREATE TABLE city (name text); INSERT INTO city VALUES ('Köln');");
  }
  SUBCASE("by itself, in batches, with COPY") {
    std::string text = "SET client_encoding = 'LATIN1'; CREATE TABLE city (name text);\n";
    for (int i = 0; i < 3000; ++i) text += "SELECT '" + std::string(100, 'x') + "';\n";
    text += "COPY city FROM stdin;\nKöln\n\\.\n";
    scene.file("2_city.sql", text);
  }
  SUBCASE("by itself, rows with parameters") {
    std::string text = "CREATE TABLE city (name text); SET client_encoding = 'LATIN1';\n";
    for (int i = 0; i < 3000; ++i) text += "INSERT INTO city VALUES ('" + std::string(100, 'x') + "');\n";
    text += "DELETE FROM city; INSERT INTO city VALUES ('Köln');\n";
    scene.file("2_city.sql", text);
  }
  SUBCASE("by itself, statement by statement") {
    scene.file(
        "2_city.sql",
        "-- migrate:up transaction:false\nSET client_encoding = 'LATIN1';\nCREATE TABLE city (name text);\n"
        "INSERT INTO city VALUES ('Köln');\n");
  }
  SUBCASE("set by a function") {
    scene.file("1_set.sql",
               "CREATE TABLE city (name text); SELECT set_config('client_encoding', 'LATIN1', false);");
    scene.file("2_city.sql", "INSERT INTO city VALUES ('Köln');");
  }
  SUBCASE("asked for by the URL") {
    auto& url = scene.environment["DATABASE_URL"];
    url += url.find('?') == std::string::npos ? "?client_encoding=LATIN1" : "&client_encoding=LATIN1";
    scene.file("2_city.sql", "CREATE TABLE city (name text); INSERT INTO city VALUES ('Köln');");
    CHECK(contains(scene.migrate({"status"}).out, "asks for client_encoding=LATIN1"));
  }
  SUBCASE("asked for by the environment") {
    scene.environment["PGCLIENTENCODING"] = "LATIN1";
    scene.file("2_city.sql", "CREATE TABLE city (name text); INSERT INTO city VALUES ('Köln');");
  }
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value("SELECT octet_length(name) || ' ' || (name = U&'K\\00F6ln') FROM city") == "5 true");
  CHECK(scene.value("SELECT bool_or(body LIKE U&'%K\\00F6ln%') FROM bigocean.migration_texts") == "t");
  CHECK(scene.migrate({"verify"}).exit_code == 0);
}

TEST_CASE(
    "a backslash in a string is a backslash, also where the database turns standard strings off; it says "
    "so") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE path (name text); DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
      "standard_conforming_strings ="
      " off', current_database()); END $$");
  const std::string insert = R"(INSERT INTO path VALUES ('C:\temp\new');)";
  scene.file("1_first.sql", insert);
  scene.file("2_second.sql", insert);
  scene.file("3_steps.sql", "-- migrate:up transaction:false\n" + insert + "\n");
  scene.file(
      "4_by_function.sql",
      "-- migrate:up transaction:false\nSELECT set_config('standard_conforming_strings', 'off', false);\n" +
          insert);
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.value(R"(SELECT count(*) FROM path WHERE name = E'C:\\temp\\new')") == "4");
  CHECK(contains(done.out, "standard_conforming_strings"));
}

TEST_CASE("a role that row-level security hides history rows from gets an error, and runs nothing again") {
  Scene scene;
  scene.rows("DO $$ BEGIN CREATE ROLE hidden LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  scene.rows("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0); GRANT ALL ON counter TO hidden");
  scene.file("1_count.sql", "UPDATE counter SET n = n + 1;");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.rows(
      "GRANT ALL ON SCHEMA bigocean TO hidden; GRANT ALL ON ALL TABLES IN SCHEMA bigocean TO hidden;"
      "GRANT ALL ON ALL SEQUENCES IN SCHEMA bigocean TO hidden;"
      "ALTER TABLE bigocean.migrations ENABLE ROW LEVEL SECURITY");
  scene.environment["DATABASE_URL"] =
      shared_postgres().url(scene.value("SELECT current_database()"), "hidden");
  for (const Arguments& arguments : {Arguments{}, Arguments{"status"}, Arguments{"verify"}}) {
    const auto refused = scene.migrate(arguments);
    CHECK_MESSAGE(refused.exit_code == 5, said(refused));
    CHECK(contains(refused.err, "row-level security"));
  }
  CHECK(scene.value("SELECT n FROM counter") == "1");
}

TEST_CASE(
    "PostgreSQL 17: a transaction_timeout of the database's does not end a migration; the file's own is "
    "named") {
  PostgresOptions options;
  options.major = 18;
  PrivatePostgres postgres(options);
  const Scene scene(postgres);
  scene.rows(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET transaction_timeout = ''200ms''', "
      "current_database()); END $$");
  scene.file("1_slow.sql", "CREATE TABLE t (n int); SELECT pg_sleep(0.5);");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  scene.file("2_own.sql", "SET LOCAL transaction_timeout = '200ms'; SELECT pg_sleep(5);");
  const auto ended = scene.migrate();
  CHECK_MESSAGE(ended.exit_code == 7, said(ended));
  CHECK(contains(ended.err, "transaction timeout"));
  CHECK(contains(ended.err, "25P04"));
  CHECK(contains(ended.err, "the file sets transaction_timeout"));
  CHECK_FALSE(contains(ended.err, "once the server is back"));
}

}  // namespace session_state_test
