// Checks documents against JSON Schemas: those in docs/, and those within an OpenAPI document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace bigocean::test {

/// The part of JSON Schema that our schemas use: $ref within the document, type (one or several), enum,
/// const, required, properties, additionalProperties (as a boolean), items, oneOf, minimum, maximum,
/// minLength, maxLength (of ASCII), pattern. Any other keyword that is no annotation throws: a rule that
/// nobody checks proves nothing.
class JsonSchema {
 public:
  /// `name` is a file in docs/: "migrate.schema.json".
  explicit JsonSchema(const std::string& name);
  static JsonSchema of(nlohmann::json document) {
    JsonSchema schema;
    schema.root_ = std::move(document);
    return schema;
  }

  /// What is wrong with `value`, one fault a line; empty when nothing is.
  std::string check(const nlohmann::json& value) const { return check(value, root_, "$"); }

  /// The same by a schema inside the document: "/components/schemas/Message".
  std::string check_at(const std::string& pointer, const nlohmann::json& value) const {
    return check(value, root_.at(nlohmann::json::json_pointer(pointer)), "$");
  }

 private:
  JsonSchema() = default;
  std::string check(const nlohmann::json& value, const nlohmann::json& schema,
                    const std::string& where) const;
  std::string check_keyword(const nlohmann::json& value, const nlohmann::json& schema,
                            const std::string& keyword, const std::string& where) const;
  std::string check_members(const nlohmann::json& value, const nlohmann::json& schema,
                            const std::string& where) const;

  nlohmann::json root_;
};

}  // namespace bigocean::test
