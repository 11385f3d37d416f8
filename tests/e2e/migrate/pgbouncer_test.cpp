// PgBouncer between bigocean and the server.
#include <doctest/doctest.h>

#include "tests/e2e/migrate/fixture.hpp"

namespace pgbouncer_test {

using namespace bigocean::test;

namespace {

std::string database_of(const Scene& scene) { return scene.value("SELECT current_database()"); }

}  // namespace

TEST_CASE("a transaction pooler is refused at once, with the remedy, and no lock stays behind") {
  Scene scene;
  const PrivatePgBouncer pooler(shared_postgres(), "transaction");
  scene.file("1_t.sql", "CREATE TABLE t (n int);");
  scene.environment["DATABASE_URL"] = pooler.url(database_of(scene));
  const auto refused = scene.migrate();
  CHECK_MESSAGE(refused.exit_code == 2, said(refused));
  CHECK(contains(refused.err, "pooler"));
  CHECK(contains(refused.err, "DATABASE_UNPOOLED_URL"));
  scene.wait_for("(" + kLocksHeld + ") = 0");  // a session ends a moment after its process
  CHECK_FALSE(scene.has_table("t"));
  CHECK(scene.value("SELECT to_regnamespace('bigocean') IS NULL") == "t");
  for (const Arguments& look : {Arguments{"status"}, Arguments{"plan"}}) {
    const auto done = scene.migrate(look);  // looking takes no lock, and is allowed
    CHECK_MESSAGE(done.exit_code == 0, said(done));
  }

  scene.environment["DATABASE_UNPOOLED_URL"] = scene.url;
  const auto direct = scene.migrate();
  CHECK_MESSAGE(direct.exit_code == 0, said(direct));
  CHECK(scene.history() == "1_t");
  scene.wait_for("(" + kLocksHeld + ") = 0");  // a session ends a moment after its process
}

TEST_CASE("a pooler that is said to pool sessions is used, and the lock goes with the session") {
  Scene scene;
  const PrivatePgBouncer pooler(shared_postgres(), "session");
  scene.file("1_t.sql", "CREATE TABLE t (n int);");
  scene.file("2_index.sql", "CREATE INDEX CONCURRENTLY t_n ON t (n);");
  scene.environment["DATABASE_URL"] = pooler.url(database_of(scene));
  CHECK(scene.migrate().exit_code == 2);
  const auto done = scene.migrate({"--session-pooler"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == "1_t 2_index");
  scene.wait_for("(" + kLocksHeld + ") = 0");
}

}  // namespace pgbouncer_test
