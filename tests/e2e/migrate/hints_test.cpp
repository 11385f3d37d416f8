// The commands in hints are run here, and they work.
#include <doctest/doctest.h>

#include <regex>
#include <sstream>
#include <stdexcept>

#include "tests/e2e/migrate/fixture.hpp"

namespace hints_test {

using namespace bigocean::test;

namespace {

/// The first part of the hints that the pattern matches; throws where there is none.
std::string from_hint(const Finished& done, const std::string& pattern) {
  const auto hint = done.err.substr(std::min(done.err.find("hint: "), done.err.size()));
  std::smatch found;
  if (!std::regex_search(hint, found, std::regex(pattern)))
    throw std::runtime_error("no " + pattern + " in the hint of:\n" + said(done));
  return found[0];
}

/// "bigocean migrate bless 1_a --reason TEXT" as arguments of `migrate`.
Arguments arguments_of(const std::string& command) {
  Arguments arguments;
  std::istringstream words(command);
  for (std::string word; words >> word;) arguments.push_back(word);
  arguments.erase(arguments.begin(), arguments.begin() + 2);
  return arguments;
}

std::string make_role(const Scene& scene, const std::string& name) {
  scene.rows("DO $$ BEGIN CREATE ROLE " + name + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  return shared_postgres().url(scene.value("SELECT current_database()"), name);
}

}  // namespace

TEST_CASE("hint of an edited file: bless accepts it") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (n int);");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.file("1_a.sql", "CREATE TABLE a (n int); -- a remark");
  const auto refused = scene.migrate();
  CHECK(refused.exit_code == 6);
  auto command = from_hint(refused, "bigocean migrate bless FILE --reason TEXT");
  command.replace(command.find("FILE"), 4, "1_a");
  const auto blessed = scene.migrate(arguments_of(command));
  CHECK_MESSAGE(blessed.exit_code == 0, said(blessed));
  CHECK(scene.migrate().exit_code == 0);
}

TEST_CASE("hint of a held migration lock: ending its session frees it") {
  const Scene scene;
  scene.rows("CREATE TABLE slow AS SELECT 1");
  scene.file("1_slow.sql", kSleepWhileSlow);
  auto holder = scene.start();
  scene.wait_for_sleep();
  const auto late = scene.migrate({"--deadline", "300ms"});
  CHECK_MESSAGE(late.exit_code == 4, said(late));
  scene.rows(from_hint(late, "SELECT pg_terminate_backend\\([0-9]+\\);"));
  CHECK(holder.wait().exit_code == 7);
  scene.rows("DELETE FROM slow");
  CHECK(scene.migrate().exit_code == 0);
}

TEST_CASE("hint of an INVALID index that somebody else left: dropping it lets the file build it") {
  const Scene scene;
  scene.rows(
      "CREATE TABLE t (n int); CREATE INDEX t_n ON t (n);"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_n'::regclass");
  scene.file("1_index.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);");
  const auto refused = scene.migrate({"--allow-unsafe"});
  CHECK_MESSAGE(refused.exit_code == 6, said(refused));
  scene.rows(from_hint(refused, "DROP INDEX CONCURRENTLY [^;]+;"));
  CHECK(scene.migrate({"--allow-unsafe"}).exit_code == 0);
  CHECK(scene.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass") == "t");
}

TEST_CASE("hint of a role that may not make the history: the GRANT helps") {
  Scene scene;
  scene.environment["DATABASE_URL"] = make_role(scene, "maker");
  scene.file("1_a.sql", "SELECT 1;");
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 5, said(refused));
  scene.rows(from_hint(refused, "GRANT CREATE ON DATABASE \"[^\"]+\" TO \"[^\"]+\""));
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("hint of a role that may not read the history, or not all of its rows") {
  Scene scene;
  scene.file("1_a.sql", "SELECT 1;");
  REQUIRE(scene.migrate().exit_code == 0);
  scene.environment["DATABASE_URL"] = make_role(scene, "reader");
  scene.rows(
      "GRANT USAGE ON SCHEMA bigocean TO reader; ALTER TABLE bigocean.migrations ENABLE ROW LEVEL SECURITY");
  const auto hidden = scene.migrate({"status"});
  CHECK_MESSAGE(hidden.exit_code == 5, said(hidden));
  scene.rows(from_hint(hidden, "GRANT SELECT ON [^;]+;"));
  const auto rows = scene.migrate({"status"});
  CHECK_MESSAGE(rows.exit_code == 5, said(rows));
  scene.rows(from_hint(rows, "ALTER TABLE [^;]+;"));
  const auto done = scene.migrate({"status"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("hint of a file that begins a transaction: the mark lets it") {
  const Scene scene;
  scene.file("1_own.sql", "BEGIN;\nCREATE TABLE a (n int);\nCOMMIT;\n");
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  scene.file("1_own.sql",
             from_hint(refused, "-- bigocean: transaction:false") + "\n" + scene.read("1_own.sql"));
  const auto done = scene.migrate();
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("hint of a held table: once it is free, the same command works") {
  const Scene scene;
  scene.rows("CREATE TABLE busy (n int)");
  scene.file("1_alter.sql", "-- migrate:up retry=0\nALTER TABLE busy ADD COLUMN m int;\n");
  Session idle(scene.url);
  idle.run("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE");
  const auto refused = scene.migrate({"--lock-timeout", "50ms"});
  CHECK_MESSAGE(refused.exit_code == 9, said(refused));
  CHECK(contains(refused.err, "--deadline says how long to try"));
  idle.run("COMMIT");
  const auto done = scene.migrate({"--deadline", "10s"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("hint of another tool's table that this role may not read: the GRANT helps") {
  Scene scene;
  scene.file("20250101000000_a.sql", "-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n");
  scene.rows(
      "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);"
      "INSERT INTO schema_migrations VALUES ('20250101000000')");
  scene.environment["DATABASE_URL"] = make_role(scene, "adopter");
  const auto refused = scene.migrate({"adopt"});
  CHECK_MESSAGE(refused.exit_code == 5, said(refused));
  scene.rows(from_hint(refused, "GRANT SELECT ON .*"));
  const auto done = scene.migrate({"adopt"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

TEST_CASE("hint of a role that may not make a scratch database: the ALTER ROLE helps") {
  Scene scene;
  scene.rows("DROP ROLE IF EXISTS scratchless");
  scene.environment["DATABASE_URL"] = make_role(scene, "scratchless");
  scene.rows(
      "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO scratchless', current_database()); END $$");
  scene.file("1_a.sql", "SELECT 1;");
  REQUIRE(scene.migrate().exit_code == 0);
  const auto refused = scene.migrate({"drift"});
  CHECK_MESSAGE(refused.exit_code == 5, said(refused));
  scene.rows(from_hint(refused, "ALTER ROLE [^,]+ CREATEDB"));
  const auto done = scene.migrate({"drift"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
}

}  // namespace hints_test
