// Older binaries can use the history's tables: what they read is present, and what they write is understood.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"

namespace older_binary_test {

using namespace bigocean::test;

namespace {

/// The statements with which version 0.1.0 reads and writes the history, with values for $-names.
const std::string kOldReads =
    "SELECT name, checksum, state FROM bigocean.migrations;"
    "SELECT obj_description('bigocean.migrations'::regclass, 'pg_class');"
    "SELECT ordinal, prefix_hash, done, before FROM bigocean.migration_steps WHERE name = 'x' ORDER BY "
    "ordinal;"
    "SELECT body FROM bigocean.migration_texts WHERE name = 'x' ORDER BY part;"
    "SELECT DISTINCT e.name, e.checksum_after FROM bigocean.migration_events e WHERE e.action = 'started'";

std::string old_writes(const std::string& name, const std::string& checksum, const std::string& text) {
  return "INSERT INTO bigocean.migration_texts VALUES ('" + name + "', 0, '" + text +
         "');"
         "INSERT INTO bigocean.migrations (name, checksum, state, applied_at, duration_ms, app_version, "
         "git_commit, how)"
         " VALUES ('" +
         name + "', '" + checksum +
         "', 'applied', clock_timestamp(), 1, '0.1.0', 'e733c15', 'up');"
         "INSERT INTO bigocean.migration_steps (name, ordinal, prefix_hash, done, before) VALUES ('" +
         name +
         "', 1, 'hash', true, '') ON CONFLICT (name, ordinal) DO UPDATE SET done = excluded.done;"
         "DELETE FROM bigocean.migration_steps WHERE name = '" +
         name +
         "';"
         "INSERT INTO bigocean.migration_events (name, action, reason, checksum_before, checksum_after, "
         "app_version)"
         " VALUES ('" +
         name + "', 'started', '', '', '" + checksum + "', '0.1.0');";
}

}  // namespace

TEST_CASE("what version 0.1.0 reads of the history is there, and what it writes is understood") {
  const Scene scene;
  scene.file("1_ours.sql", "CREATE TABLE ours (n int);");
  scene.file("2_theirs.sql", "SELECT 2;");
  REQUIRE(scene.migrate({"--to", "1"}).exit_code == 0);
  CHECK(scene.value("SELECT obj_description('bigocean.migrations'::regclass, 'pg_class')") ==
        "bigocean history layout 2");
  Session session(scene.url);
  session.run("BEGIN; " + kOldReads + "; COMMIT");
  const auto sum = scene.value("SELECT encode(sha256('SELECT 2;'), 'hex')");
  session.run(old_writes("2_theirs", sum, "SELECT 2;"));
  CHECK(contains(scene.migrate({"status"}).out, "2 applied, 0 pending, 0 edited or half applied, 0 ahead"));
  CHECK(scene.migrate({"verify"}).exit_code == 0);
  CHECK(contains(scene.migrate().out, "nothing to do: 2 applied"));
  // Every column that an older INSERT does not name can do without it.
  CHECK(
      scene.value(
          "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'bigocean'"
          " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND (table_name,"
          " column_name) NOT IN (('migrations', 'name'), ('migrations', 'checksum'),"
          " ('migration_texts', 'name'), ('migration_texts', 'part'), ('migration_texts', 'body'),"
          " ('migration_steps', 'name'), ('migration_steps', 'ordinal'), ('migration_steps', 'prefix_hash'),"
          " ('migration_steps', 'done'), ('migration_events', 'name'), ('migration_events', 'action'),"
          " ('migration_events', 'reason'), ('migration_events', 'checksum_before'),"
          " ('migration_events', 'checksum_after'), ('migration_events', 'app_version'))") == "0");
}

}  // namespace older_binary_test
