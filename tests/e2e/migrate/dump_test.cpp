// `migrate dump` and `up --dump` by the real binary: the text, the file, and that psql can load it.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/migrate/fixture.hpp"
#include "tests/support/schema_shapes.hpp"

namespace dump_test {

using namespace bigocean::test;

namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t files_in(const TempDir& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("dump writes a text that psql loads into an empty database, where dump writes the same text") {
  const Scene scene;
  scene.file("1_everything.sql", text_of(BIGOCEAN_SOURCE_DIR "/tests/fixtures/schema/everything.sql"));
  REQUIRE(scene.migrate().exit_code == 0);
  const auto dump = scene.migrate({"dump"});
  CAPTURE(said(dump));
  REQUIRE(dump.exit_code == 0);
  CHECK(contains(dump.out, "CREATE TABLE app.people (\n"));
  CHECK_FALSE(contains(dump.out, "bigocean."));

  const Scene other;
  const TempDir folder;
  const auto file = folder.write("schema.sql", dump.out);
  const auto loaded = run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, other.url});
  CAPTURE(said(loaded));
  REQUIRE(loaded.exit_code == 0);
  CHECK(other.migrate({"dump"}).out == dump.out);
  CHECK(document(other.migrate({"dump", "--json"}))["dump"] == dump.out);
}

TEST_CASE("a database that was loaded from a dump has no drift, whatever its expressions look like") {
  const Scene scene;
  std::string sql = "CREATE EXTENSION citext;\nCREATE EXTENSION btree_gist;\n";
  for (const auto& shape : shapes()) {
    if (shared_postgres().major() < shape.from_major) continue;
    sql += "CREATE SCHEMA \"" + shape.name + "\";\n" + in_its_schema(shape, shape.made) + ";\n";
  }
  scene.file("1_shapes.sql", sql);
  REQUIRE(scene.migrate().exit_code == 0);
  const auto dump = scene.migrate({"dump"}).out;

  const Scene other;
  const TempDir folder;
  const auto loaded =
      run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", folder.write("schema.sql", dump), other.url});
  CAPTURE(said(loaded));
  REQUIRE(loaded.exit_code == 0);
  other.file("1_shapes.sql", sql);
  REQUIRE(other.migrate({"baseline", "1"}).exit_code == 0);
  const auto drift = other.migrate({"drift"});
  CAPTURE(said(drift));
  CHECK(drift.exit_code == 0);
  CHECK(contains(drift.out, "no drift: database "));

  other.rows(
      "ALTER TABLE in_varchar.t DROP CONSTRAINT c; ALTER TABLE in_varchar.t ADD CONSTRAINT c CHECK (st IN "
      "('new', 'odd'))");
  const auto changed = other.migrate({"drift"});
  CAPTURE(said(changed));
  CHECK(changed.exit_code == 6);
  CHECK(contains(changed.out, "different constraint in_varchar.t.c\n"));
  CHECK(contains(changed.out, "drift: 1 difference"));
}

TEST_CASE("dump --output and up --dump write the file whole, or leave it alone") {
  const Scene scene;
  const TempDir folder;
  const auto file = folder.path() + "/schema.sql";
  scene.file("1_a.sql", "CREATE TABLE a (b int);\n");
  const auto up = scene.migrate({"up", "--dump", file});
  CAPTURE(said(up));
  CHECK(up.exit_code == 0);
  const auto first = text_of(file);
  CHECK(contains(first, "CREATE TABLE public.a (\n  b integer\n);\n"));

  scene.file("2_b.sql", "CREATE TABLE b (c int);\nSELECT oops;\n");
  CHECK(scene.migrate({"--dump", file}).exit_code == 5);
  CHECK(text_of(file) == first);

  scene.file("2_b.sql", "CREATE TABLE b (c int);\n");
  CHECK(scene.migrate({"--dry-run", "--dump", file}).exit_code == 0);
  CHECK(text_of(file) == first);
  CHECK(scene.migrate({"--dump", file}).exit_code == 0);
  CHECK(contains(text_of(file), "CREATE TABLE public.b ("));
  CHECK(scene.migrate({"dump", "--output", file}).exit_code == 0);
  CHECK(scene.migrate({"dump", "--output", "-"}).out == text_of(file));
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a file that cannot be written is refused before anything is applied") {
  const Scene scene;
  scene.file("1_a.sql", "CREATE TABLE a (b int);\n");
  for (const std::string& file : {scene.folder() + "/missing/schema.sql", scene.folder()}) {
    const auto refused = scene.migrate({"up", "--dump", file});
    CAPTURE(said(refused));
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.err, "cannot write " + file));
    CHECK_FALSE(scene.has_table("a"));
  }
}

}  // namespace dump_test
