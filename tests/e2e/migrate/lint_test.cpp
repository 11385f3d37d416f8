// Lint on the real binary: how it stops `up`, what is exempt, and every form of output.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/migrate/fixture.hpp"

namespace lint_test {

using namespace bigocean::test;
using Json = nlohmann::json;

namespace {

const char* const kUsers = "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n";
const char* const kIndex = "-- migrate:up\nCREATE INDEX users_email ON users (email);\n";

/// A database with a table in use: 1_users is applied, and there are rows.
struct LintScene : Scene {
  LintScene() {
    file("1_users.sql", kUsers);
    REQUIRE(migrate().exit_code == 0);
    query(url, "INSERT INTO users SELECT n, 'a' FROM generate_series(1, 10) AS n");
  }
};

/// An empty database, and two files that make a table and fill it.
struct FillingScene : Scene {
  FillingScene() {
    file("1_users.sql", kUsers);
    file("2_rows.sql", "INSERT INTO users SELECT n, 'a' FROM generate_series(1, 10) AS n;");
  }
};

}  // namespace

TEST_CASE("up refuses a dangerous file before anything is applied, and shows the safe way") {
  LintScene scene;
  scene.file("2_fine.sql", "CREATE TABLE rooms (id bigint PRIMARY KEY);");
  scene.file("3_index.sql", kIndex);
  const auto done = scene.migrate();
  CAPTURE(said(done));
  CHECK(done.exit_code == 8);
  CHECK(scene.history() == "1_users");
  for (const char* part : {"3_index.sql:2:1: error: ", "[index-not-concurrently]", "nothing was applied",
                           "2 | CREATE INDEX users_email ON users (email);", "SHARE on the table",
                           "CREATE INDEX CONCURRENTLY users_email ON users (email);", "--allow-unsafe"})
    CHECK_MESSAGE(contains(done.err, part), part);
}

TEST_CASE("a line in the file, a level, or --allow-unsafe lets it through") {
  LintScene scene;
  SUBCASE("a line with a reason") {
    scene.file("2_index.sql",
               "CREATE INDEX ON users (email);\n-- bigocean: allow index-not-concurrently ten rows\n");
    CHECK(scene.migrate().exit_code == 0);
  }
  SUBCASE("a line without a reason does not") {
    scene.file("2_index.sql", "CREATE INDEX ON users (email);\n-- bigocean: allow index-not-concurrently\n");
    CHECK(scene.migrate().exit_code == 8);
  }
  SUBCASE("a level") {
    scene.file("2_index.sql", kIndex);
    scene.environment["BIGOCEAN_LINT_LEVELS"] = "index-not-concurrently=warning";
    CHECK(scene.migrate().exit_code == 0);
  }
  SUBCASE("a level of a rule that does not exist is an error") {
    scene.environment["BIGOCEAN_LINT_LEVELS"] = "index-not-concurently=warning";
    const auto done = scene.migrate();
    CHECK(done.exit_code == 2);
    CHECK(contains(done.err, "did you mean `index-not-concurrently`?"));
  }
  SUBCASE("--allow-unsafe, which is said") {
    scene.file("2_index.sql", kIndex);
    const auto done = scene.migrate({"--allow-unsafe", "--json"});
    CHECK(done.exit_code == 0);
    CHECK(contains(document(done)["warnings"].dump(), "[index-not-concurrently], allowed by --allow-unsafe"));
    CHECK(document(done)["findings"].size() == 1);
  }
}

TEST_CASE("what is applied is never linted, and an empty table has nothing to lose") {
  Scene scene;
  scene.file("1_users.sql", kUsers);
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("2_index.sql", kIndex);
  CHECK(scene.migrate().exit_code == 0);
  query(scene.url, "INSERT INTO users VALUES (1)");
  scene.file("3_more.sql", "CREATE TABLE other (n bigint);");
  CHECK(scene.migrate().exit_code == 0);
  // Breaks the running version whatever the number of rows.
  query(scene.url, "TRUNCATE users");
  scene.file("4_drop.sql", "ALTER TABLE users DROP COLUMN email;");
  CHECK(scene.migrate().exit_code == 8);
}

TEST_CASE("an interrupted run is finished by the next one, whose tables hold rows by then") {
  FillingScene scene;
  scene.file("3_fails.sql", "INSERT INTO gate VALUES (1);");
  scene.file("4_index.sql", kIndex);
  CHECK(scene.migrate().exit_code == 5);
  CHECK(scene.history() == "1_users 2_rows");
  query(scene.url, "CREATE TABLE gate (n bigint)");
  SUBCASE("it was let through as a whole") {
    CHECK(scene.migrate().exit_code == 0);
    CHECK(scene.history() == "1_users 2_rows 3_fails 4_index");
  }
  SUBCASE("not so a file that has become another one") {
    scene.file("4_index.sql", "-- migrate:up\nCREATE INDEX users_email_2 ON users (email);\n");
    CHECK(scene.migrate().exit_code == 8);
    CHECK(scene.history() == "1_users 2_rows");
  }
}

TEST_CASE("what was let through once is asked about again after it was taken back") {
  Scene scene;
  scene.file("1_users.sql", kUsers);
  scene.file("2_index.sql", std::string(kIndex) + "-- migrate:down\nDROP INDEX users_email;\n");
  REQUIRE(scene.migrate().exit_code == 0);
  query(scene.url, "INSERT INTO users SELECT n, 'a' FROM generate_series(1, 10) AS n");
  REQUIRE(scene.migrate({"down", "--yes"}).exit_code == 0);
  CHECK(scene.migrate().exit_code == 8);
}

TEST_CASE("lint and plan show also what an interrupted run was let through with") {
  LintScene scene;
  scene.file("2_index.sql", kIndex);
  scene.file("3_fails.sql", "INSERT INTO nowhere VALUES (1);");
  scene.file("4_more.sql", "CREATE INDEX users_more ON users (email, id);");
  CHECK(scene.migrate({"--allow-unsafe"}).exit_code == 5);
  CHECK(scene.history() == "1_users 2_index");
  const auto lint = scene.migrate({"lint"});
  CHECK(lint.exit_code == 8);
  CHECK(contains(lint.out, "4_more.sql"));
}

TEST_CASE("what another run is about to apply is not refused by those that wait for it") {
  FillingScene scene;
  scene.file("3_waits.sql", "SELECT pg_advisory_xact_lock(4711);");
  scene.file("4_index.sql", kIndex);
  Session gate(scene.url);
  gate.run("SELECT pg_advisory_lock(4711)");
  auto first = scene.start();
  scene.wait_for(
      "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted)");
  auto second = scene.start();
  REQUIRE(second.wait_for_output("another migrate", std::chrono::seconds(30)));
  gate.run("SELECT pg_advisory_unlock(4711)");
  CHECK(first.wait().exit_code == 0);
  CHECK(second.wait().exit_code == 0);
}

TEST_CASE("the database knows column types, constraints and the table behind an index") {
  LintScene scene;
  query(scene.url,
        "CREATE TYPE mood AS ENUM ('a'); ALTER TABLE users ADD code varchar(10), ADD CHECK (email IS NOT "
        "NULL)");
  scene.file("2_change.sql",
             "ALTER TABLE users ALTER code TYPE varchar(20);\nALTER TABLE users ALTER email SET NOT NULL;\n");
  CHECK(scene.migrate({"lint"}).exit_code == 0);
  CHECK(scene.migrate({"lint", "--offline"}).exit_code == 8);
  scene.file("3_change.sql",
             "ALTER TABLE users ALTER code TYPE varchar(5);\nREINDEX INDEX users_pkey;\n"
             "ALTER TYPE mood RENAME VALUE 'a' TO 'b';\n");
  const auto json = document(scene.migrate({"lint", "--json"}));
  CHECK(json["exit_code"] == 8);
  REQUIRE(json["findings"].size() >= 2);
  CHECK(contains(json["findings"].dump(), "code from varchar(20) to varchar(5)"));
  CHECK(contains(json["findings"].dump(), "reindex-not-concurrently"));
  CHECK(contains(json["findings"].dump(), "rename-enum-value"));
}

TEST_CASE("IF NOT EXISTS makes nothing new of a table that is there") {
  LintScene scene;
  scene.file("2_drop.sql", "CREATE TABLE IF NOT EXISTS users (id bigint);\nDROP TABLE users;");
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 8, said(done));
  CHECK(contains(done.err, "[drop-table]"));
  LintScene other;
  other.file("2_drop.sql", "CREATE TABLE IF NOT EXISTS rooms (id bigint);\nDROP TABLE rooms;");
  CHECK(other.migrate().exit_code == 0);
}

TEST_CASE("NOT NULL is proven by a validated CHECK that implies it of that column, and by no other") {
  const auto findings = [](const std::string& check, bool in_file) {
    LintScene scene;
    scene.rows("ALTER TABLE users ADD CONSTRAINT c CHECK (" + check + ") NOT VALID");
    if (!in_file) scene.rows("ALTER TABLE users VALIDATE CONSTRAINT c");
    if (in_file) scene.file("2_validate.sql", "ALTER TABLE users VALIDATE CONSTRAINT c;");
    scene.file("3_not_null.sql", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;");
    return document(scene.migrate({"lint", "--json"}))["findings"].size();
  };
  for (const bool in_file : {true, false}) {
    CAPTURE(in_file);
    for (const char* proof :
         {"email IS NOT NULL", "email IS NOT NULL AND id > 0", "id > 0 AND (email IS NOT NULL)"})
      CHECK_MESSAGE(findings(proof, in_file) == 0, proof);
    for (const char* other :
         {"id > 0", "id IS NOT NULL", "email IS NOT NULL OR id > 0", "(email IS NOT NULL) = (id > 0)",
          "CASE WHEN id > 0 THEN email IS NOT NULL ELSE true END"})
      CHECK_MESSAGE(findings(other, in_file) == 1, other);
  }
}

TEST_CASE("a table that somebody has locked does not hold lint up") {
  LintScene scene;
  Session holder(scene.url);
  holder.run("BEGIN; LOCK TABLE users");
  scene.file("2_index.sql", kIndex);
  CHECK(scene.migrate().exit_code == 8);
}

TEST_CASE("what the parser is too old for is listed and never blocks") {
  LintScene scene;
  scene.file("2_new.sql", "CREATE TABLE a (x int GENERATED ALWAYS AS (1) VIRTUAL);");
  const auto lint = scene.migrate({"lint"});
  CHECK(lint.exit_code == 0);
  CHECK(std::regex_search(lint.out, std::regex("info: not analysed \\(parser is PostgreSQL 1[57]\\): ")));
  CHECK(scene.migrate().exit_code != 8);
}

TEST_CASE("github annotations are as the runner reads them") {
  LintScene scene;
  scene.file("2_drop.sql", "SELECT 1;\n  DROP TABLE users;");
  const auto done = scene.migrate({"lint", "--output", "github"});
  CHECK(done.exit_code == 8);
  CHECK(done.out.starts_with("::error file=" + scene.folder() +
                             "/2_drop.sql,line=2,col=3,title=drop-table::a table is dropped (users, "));
  CHECK(count_of(done.out, "\n") == 1);
  CHECK(contains(done.out, "%0AInstead:%0A"));
  CHECK(scene.migrate({"lint", "--format", "github"}).out == done.out);
  CHECK(scene.migrate({"lint", "--format", "native"}).exit_code == 8);  // the folder's
  CHECK(scene.migrate({"lint", "--format", "githup"}).exit_code == 2);
}

TEST_CASE("sarif has what SARIF 2.1.0 requires") {
  LintScene scene;
  scene.file("2_drop.sql", "DROP TABLE users;");
  const auto log = document(scene.migrate({"lint", "--output", "sarif"}));
  CHECK(log.at("version") == "2.1.0");
  CHECK(contains(log.at("$schema"), "sarif-schema-2.1.0.json"));
  const auto& run = log.at("runs").at(0);
  CHECK(run.at("tool").at("driver").at("name") == "bigocean");
  const auto& result = run.at("results").at(0);
  CHECK(result.at("ruleId") == "drop-table");
  CHECK(run.at("tool").at("driver").at("rules").at(result.at("ruleIndex").get<std::size_t>()).at("id") ==
        "drop-table");
  CHECK(result.at("level") == "error");
  CHECK(!result.at("message").at("text").get<std::string>().empty());
  const auto& place = result.at("locations").at(0).at("physicalLocation");
  CHECK(place.at("artifactLocation").at("uri") == "file://" + scene.folder() + "/2_drop.sql");
  CHECK(place.at("region").at("startLine") == 1);
  CHECK(place.at("region").at("startColumn") == 1);
}

TEST_CASE("lint says what it looked at, and needs no database for files") {
  LintScene scene;
  scene.environment.erase("DATABASE_URL");
  scene.file("2_index.sql", kIndex);
  const auto all = scene.migrate({"lint"});
  CHECK(all.exit_code == 8);
  CHECK(contains(all.out, "without a database"));
  const auto one = scene.migrate({"lint", scene.folder() + "/1_users.sql"});
  CHECK(one.exit_code == 0);
  CHECK(contains(one.out, "1 file: no findings"));
  CHECK(scene.migrate({"lint", "missing.sql"}).exit_code == 2);
}

}  // namespace lint_test
