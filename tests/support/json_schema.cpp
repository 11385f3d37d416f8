// Checks documents against the schemas in docs/.
#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <fstream>

namespace bigocean::test {
namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, const Json& type) {
  if (type.is_array()) {
    return std::any_of(type.begin(), type.end(), [&](const Json& one) { return has_type(value, one); });
  }
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

}  // namespace

JsonSchema::JsonSchema(const std::string& name)
    : root_(Json::parse(std::ifstream(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/" + name))) {}

std::string JsonSchema::check(const Json& value, const Json& schema, const std::string& where) const {
  if (schema.contains("$ref"))
    return check(value, root_.at("$defs").at(schema["$ref"].get<std::string>().substr(8)), where);
  std::string wrong;
  for (const auto& [keyword, rule] : schema.items()) {
    if (keyword == "type" && !has_type(value, rule)) wrong += where + " is no " + rule.dump() + "\n";
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

}  // namespace bigocean::test
