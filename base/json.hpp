// Reads a string from a JSON object that another program wrote.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bigocean::base {

/// The string member `name` of `object`; empty if it is missing or not a string, or if `object` is not an
/// object.
template <class Json>
std::string string_member(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : std::string();
}

}  // namespace bigocean::base
