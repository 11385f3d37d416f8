// Every --json document against docs/migrate.schema.json.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"
#include "tests/support/json_schema.hpp"

namespace document_test {

using namespace bigocean::test;

namespace {

using Json = nlohmann::json;

const JsonSchema& validator() {
  static const JsonSchema made("migrate.schema.json");
  return made;
}

void check_document(const Scene& scene, const Arguments& arguments, int exit_code) {
  auto with_json = arguments;
  with_json.push_back("--json");
  const auto done = scene.migrate(with_json);
  CAPTURE(said(done));
  CHECK(done.exit_code == exit_code);
  const auto json = document(done);
  CHECK(validator().check(json) == "");
  CHECK(json["exit_code"] == exit_code);
  CHECK(json["command"] == (arguments.empty() || arguments[0].starts_with("-") ? "up" : arguments[0]));
  const bool found_drift = json.contains("drift") && exit_code == 6;
  const bool tells_otherwise = exit_code == 3 || found_drift || json["command"] == "lint";
  CHECK(json.contains("error") == (exit_code != 0 && !tells_otherwise));
}

}  // namespace

TEST_CASE(
    "the documents of every command and of every kind of failure are as docs/migrate.schema.json says") {
  Scene scene;
  scene.file("1_a.sql", "-- migrate:up\nCREATE TABLE a (n int);\n-- migrate:down\nDROP TABLE a;\n");
  scene.file("2_b.sql", "CREATE TABLE b (n int);\nCREATE INDEX CONCURRENTLY b_n ON b (n);\n");
  check_document(scene, {"plan"}, 0);
  check_document(scene, {"--dry-run"}, 0);
  check_document(scene, {"status", "--check"}, 3);
  check_document(scene, {"adopt"}, 2);
  scene.rows("CREATE TABLE schema_migrations (version text); INSERT INTO schema_migrations VALUES ('1')");
  check_document(scene, {"adopt"}, 0);
  scene.rows("UPDATE schema_migrations SET version = '0'");
  check_document(scene, {"adopt"}, 6);
  check_document(scene, {"adopt", "--dry-run"}, 6);
  check_document(scene, {"baseline", "1_a", "--dry-run"}, 0);
  check_document(scene, {"baseline", "1_a"}, 0);
  check_document(scene, {}, 0);
  check_document(scene, {"up"}, 0);
  check_document(scene, {"status"}, 0);
  check_document(scene, {"verify"}, 0);
  check_document(scene, {"dump"}, 0);
  check_document(scene, {"drift"}, 6);
  scene.rows("CREATE TABLE a (n int)");
  check_document(scene, {"drift", "--ignore", "public.schema_migrations"}, 0);
  check_document(scene, {"down", "--dry-run"}, 0);
  check_document(scene, {"redo", "--dry-run"}, 0);
  check_document(scene, {"down"}, 2);
  check_document(scene, {"down", "--yes"}, 0);
  scene.file("2_b.sql", "SELECT 1;\nSELECT oops;\n");
  check_document(scene, {}, 5);
  check_document(scene, {"resolve", "2_b", "--done"}, 2);
  scene.file("1_a.sql", "CREATE TABLE a (n bigint);\n");
  check_document(scene, {}, 6);
  check_document(scene, {"verify"}, 6);
  check_document(scene, {"bless", "1_a", "--reason", "test", "--dry-run"}, 0);
  check_document(scene, {"bless", "1_a", "--reason", "test"}, 0);
  check_document(scene, {"new", "something", "--dry-run"}, 0);
  check_document(scene, {"new", "something"}, 0);
  scene.environment["DATABASE_URL"] = "postgresql://app@127.0.0.1:" + std::to_string(free_port()) + "/app";
  check_document(scene, {"status"}, 7);
}

TEST_CASE("so are those of lint, plan, a rehearsal, and an up that lint stops or lets through") {
  Scene scene;
  query(scene.url, "CREATE TABLE used (n bigint); INSERT INTO used VALUES (1); ANALYZE used");
  scene.file("3_c.sql", "CREATE INDEX ON used (n);\nALTER TABLE used ADD m bigint;\n");
  check_document(scene, {"lint"}, 8);
  check_document(scene, {"plan"}, 0);
  Session reader(scene.url);
  reader.run("BEGIN; SELECT FROM used");
  check_document(scene, {"plan"}, 0);
  reader.run("ROLLBACK");
  check_document(scene, {"plan", "--rehearse"}, 0);
  check_document(scene, {}, 8);
  check_document(scene, {"--allow-unsafe"}, 0);
}

TEST_CASE("the check of the schema can fail") {
  CHECK(validator().check(Json::parse("{}")) != "");
  CHECK(validator().check(Json::parse(R"({"command": 1})")) != "");
}

}  // namespace document_test
