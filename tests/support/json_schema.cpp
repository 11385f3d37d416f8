// Checks documents against JSON Schemas: those in docs/, and those within an OpenAPI document.
#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>

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

bool is_annotation(const std::string& keyword) {
  static const std::set<std::string> known{"$schema", "$id",      "$defs",  "title",   "description",
                                           "default", "$comment", "format", "examples"};
  return known.contains(keyword);
}

/// Whether a keyword about numbers or texts holds; true for values of other types.
bool holds(const Json& value, const std::string& keyword, const Json& rule) {
  if (keyword == "type") return has_type(value, rule);
  if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
  if (keyword == "const") return value == rule;
  if (keyword == "minimum") return !value.is_number() || value >= rule;
  if (keyword == "maximum") return !value.is_number() || value <= rule;
  if (keyword == "minLength") return !value.is_string() || value.get_ref<const std::string&>().size() >= rule;
  if (keyword == "maxLength") return !value.is_string() || value.get_ref<const std::string&>().size() <= rule;
  if (keyword == "pattern") {
    return !value.is_string() || std::regex_search(value.get_ref<const std::string&>(),
                                                   std::regex(rule.get_ref<const std::string&>()));
  }
  throw std::logic_error("a keyword of JSON Schema that this checker does not know: " + keyword);
}

}  // namespace

JsonSchema::JsonSchema(const std::string& name)
    : root_(Json::parse(std::ifstream(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/" + name))) {}

std::string JsonSchema::check(const Json& value, const Json& schema, const std::string& where) const {
  std::string wrong;
  for (const auto& [keyword, rule] : schema.items()) wrong += check_keyword(value, schema, keyword, where);
  return wrong;
}

std::string JsonSchema::check_keyword(const Json& value, const Json& schema, const std::string& keyword,
                                      const std::string& where) const {
  const Json& rule = schema.at(keyword);
  std::string wrong;
  if (keyword == "$ref") {
    const auto& target = rule.get_ref<const std::string&>();
    wrong = check(value, root_.at(Json::json_pointer(target.substr(1))), where);
  } else if (keyword == "oneOf") {
    const auto fitting = std::count_if(rule.begin(), rule.end(),
                                       [&](const Json& one) { return check(value, one, where).empty(); });
    if (fitting != 1) wrong = where + " fits " + std::to_string(fitting) + " of oneOf\n";
  } else if (keyword == "required") {
    for (const auto& key : rule) {
      if (value.is_object() && !value.contains(key.get<std::string>()))
        wrong += where + " lacks " + key.get<std::string>() + "\n";
    }
  } else if (keyword == "items") {
    if (!value.is_array()) return wrong;
    for (const auto& item : value) wrong += check(item, rule, where + "[]");
  } else if (keyword == "properties") {
    wrong = check_members(value, schema, where);
  } else if (keyword != "additionalProperties" && !is_annotation(keyword) && !holds(value, keyword, rule)) {
    wrong = where + " breaks " + keyword + " " + rule.dump() + "\n";
  }
  return wrong;
}

std::string JsonSchema::check_members(const Json& value, const Json& schema, const std::string& where) const {
  if (!value.is_object()) return {};
  const Json& members = schema.at("properties");
  const bool closed =
      schema.contains("additionalProperties") && schema.at("additionalProperties") == Json(false);
  std::string wrong;
  for (const auto& [key, child] : value.items()) {
    if (members.contains(key)) {
      wrong += check(child, members.at(key), where + "." + key);
    } else if (closed) {
      wrong += where + "." + key + " is not in the schema\n";
    }
  }
  return wrong;
}

}  // namespace bigocean::test
