// adopt after the tools themselves: dbmate, drizzle-kit and node-pg-migrate run, and bigocean goes on.
#include <doctest/doctest.h>

#include <filesystem>

#include "base/text.hpp"
#include "tests/e2e/migrate/fixture.hpp"

using namespace bigocean::test;

namespace {

/// A program of node_modules/.bin, where npm has put the tools.
std::string tool(const std::string& name) {
  static const std::string folder = [] {
    const auto done = run({BIGOCEAN_SOURCE_DIR "/scripts/migration-tools"}, {}, std::chrono::minutes(5));
    REQUIRE_MESSAGE(done.exit_code == 0, said(done));
    return std::string(bigocean::base::trim(done.out));
  }();
  return folder + "/node_modules/.bin/" + name;
}

/// The database of a scene over TCP, as the tools want it.
std::string url_for_tools(const Scene& scene) {
  return shared_postgres().tcp_url(scene.value("SELECT current_database()")) + "?sslmode=disable";
}

Finished run_tool(const Scene& scene, const std::string& name, const Arguments& arguments,
                  const std::string& working_directory) {
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", url_for_tools(scene)}, {"CI", "1"}};
  options.working_directory = working_directory;
  Arguments argv{tool(name)};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto done = run(argv, options, std::chrono::minutes(2));
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  return done;
}

/// bigocean takes over, and what is new in the folder runs, and nothing else.
void expect_takeover(const Scene& scene, const std::string& adopted, const std::string& name,
                     const std::string& text) {
  const auto done = scene.migrate({"adopt", "--apply"});
  CHECK_MESSAGE(done.exit_code == 0, said(done));
  CHECK(scene.history() == adopted);
  const auto made = scene.migrate({"new", name});
  CHECK_MESSAGE(made.exit_code == 0, said(made));
  const auto file = made.out.substr(scene.folder().size() + 1, made.out.size() - scene.folder().size() - 2);
  scene.file(file, text);
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.history() == adopted + " " + file.substr(0, file.size() - 4));
  CHECK(scene.has_table("b"));
}

}  // namespace

TEST_CASE("adopt after dbmate itself, and back") {
  const Scene scene;
  scene.file("20260101000000_a.sql",
             "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  const auto dbmate = [&](const std::string& command) {
    return run_tool(scene, "dbmate", {"--no-dump-schema", "--migrations-dir", scene.folder(), command},
                    scene.folder());
  };
  dbmate("migrate");
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "20260101000000_a", "b", "-- migrate:up\nCREATE TABLE b (n int);\n");
  // Back: what bigocean applied goes into dbmate's table, and dbmate has nothing to do.
  scene.rows(
      "INSERT INTO schema_migrations SELECT substring(name FROM '^[0-9]+') FROM bigocean.migrations"
      " ON CONFLICT DO NOTHING");
  const auto status = dbmate("status");
  CHECK_MESSAGE(contains(status.out, "Pending: 0"), said(status));
}

TEST_CASE("adopt after node-pg-migrate itself, and back") {
  const Scene scene;
  scene.file("1700000000000_a.sql",
             "-- Up Migration\nCREATE TABLE a (n int);\n-- Down Migration\nDROP TABLE a;\n");
  const auto up = [&] {
    return run_tool(scene, "node-pg-migrate", {"up", "--migrations-dir", scene.folder()}, scene.folder());
  };
  up();
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "1700000000000_a", "b", "-- Up Migration\nCREATE TABLE b (n int);\n");
  scene.rows(
      "INSERT INTO pgmigrations (name, run_on) SELECT name, now() FROM bigocean.migrations m"
      " WHERE NOT EXISTS (SELECT FROM pgmigrations p WHERE p.name = m.name) ORDER BY ordinal");
  const auto again = up();
  CHECK_MESSAGE(contains(again.out, "No migrations to run"), said(again));
}

TEST_CASE("adopt after drizzle-kit itself, which then goes on from a file that bigocean made") {
  const Scene scene;
  const TempDir project;
  const auto out = "../" + std::filesystem::path(scene.folder()).filename().string();
  project.write("drizzle.config.json", R"({"dialect": "postgresql", "out": ")" + out +
                                           R"(", "schema": "./schema.js", "dbCredentials": {"url": ")" +
                                           url_for_tools(scene) + R"("}})");
  project.write("schema.js", "export {};\n");
  const auto drizzle_kit = [&](const Arguments& arguments) {
    run_tool(scene, "drizzle-kit", arguments, project.path());
  };
  drizzle_kit({"generate", "--custom", "--name=a"});
  scene.file("0000_a.sql", "CREATE TABLE a (n int);\n--> statement-breakpoint\nCREATE INDEX ON a (n);\n");
  drizzle_kit({"migrate"});
  REQUIRE(scene.has_table("a"));
  expect_takeover(scene, "0000_a", "b", "CREATE TABLE b (n int);\n");
  drizzle_kit({"check"});
  drizzle_kit({"generate", "--custom", "--name=c"});
  scene.file("0002_c.sql", "CREATE TABLE c (n int);\n");
  const auto up = scene.migrate();
  CHECK_MESSAGE(up.exit_code == 0, said(up));
  CHECK(scene.history() == "0000_a 0001_b 0002_c");
}
