// Every --json document against docs/migrate.schema.json.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/migrate/fixture.hpp"

using namespace bigocean::test;

namespace {

using Json = nlohmann::json;

/// The part of JSON Schema that our schema uses: $ref into $defs, type, enum, required, properties,
/// additionalProperties (false where it stands), items.
class Validator {
 public:
  explicit Validator(Json schema) : root_(std::move(schema)) {}
  std::string check(const Json& value) const { return check(value, root_, "$"); }

 private:
  static bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    return type == "number" && value.is_number();
  }

  std::string check(const Json& value, const Json& schema, const std::string& where) const {
    if (schema.contains("$ref"))
      return check(value, root_.at("$defs").at(schema["$ref"].get<std::string>().substr(8)), where);
    std::string wrong;
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "type" && !has_type(value, rule))
        wrong += where + " is no " + rule.get<std::string>() + "\n";
      if (keyword == "enum" && std::find(rule.begin(), rule.end(), value) == rule.end())
        wrong += where + " is not one of " + rule.dump() + "\n";
      if (keyword == "required") {
        for (const auto& key : rule) {
          if (!value.contains(key.get<std::string>()))
            wrong += where + " lacks " + key.get<std::string>() + "\n";
        }
      }
      if (keyword == "items") {
        for (const auto& item : value) wrong += check(item, rule, where + "[]");
      }
      if (keyword == "properties" && value.is_object()) {
        for (const auto& [key, child] : value.items()) {
          if (rule.contains(key)) {
            wrong += check(child, rule.at(key), where + "." + key);
          } else if (schema.contains("additionalProperties")) {
            wrong += where + "." + key + " is not in the schema\n";
          }
        }
      }
    }
    return wrong;
  }

  Json root_;
};

const Validator& validator() {
  static const Validator made(Json::parse(std::ifstream(BIGOCEAN_SOURCE_DIR "/docs/migrate.schema.json")));
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
  CHECK(json.contains("error") == (exit_code != 0 && exit_code != 3));
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
  check_document(scene, {"baseline", "1_a"}, 0);
  check_document(scene, {}, 0);
  check_document(scene, {"up"}, 0);
  check_document(scene, {"status"}, 0);
  check_document(scene, {"verify"}, 0);
  check_document(scene, {"down"}, 2);
  check_document(scene, {"down", "--yes"}, 0);
  scene.file("2_b.sql", "SELECT 1;\nSELECT oops;\n");
  check_document(scene, {}, 5);
  check_document(scene, {"resolve", "2_b", "--done"}, 2);
  scene.file("1_a.sql", "CREATE TABLE a (n bigint);\n");
  check_document(scene, {}, 6);
  check_document(scene, {"verify"}, 6);
  check_document(scene, {"bless", "1_a", "--reason", "test"}, 0);
  check_document(scene, {"new", "something"}, 0);
  scene.environment["DATABASE_URL"] = "postgresql://app@127.0.0.1:" + std::to_string(free_port()) + "/app";
  check_document(scene, {"status"}, 7);
}

TEST_CASE("the check of the schema can fail") {
  CHECK(validator().check(Json::parse("{}")) != "");
  CHECK(validator().check(Json::parse(R"({"command": 1})")) != "");
}
