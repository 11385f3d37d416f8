// Checks documents against the schemas in docs/.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bigocean::test {

/// The part of JSON Schema that our schemas use: $ref into $defs, type (one or several), enum, required,
/// properties, additionalProperties (false where it stands), items.
class JsonSchema {
 public:
  /// `name` is a file in docs/: "migrate.schema.json".
  explicit JsonSchema(const std::string& name);

  /// What is wrong with `value`, one fault a line; empty when nothing is.
  std::string check(const nlohmann::json& value) const { return check(value, root_, "$"); }

 private:
  std::string check(const nlohmann::json& value, const nlohmann::json& schema,
                    const std::string& where) const;

  nlohmann::json root_;
};

}  // namespace bigocean::test
