// A string out of a JSON object of somebody else's.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bigocean::base {

/// The string at `name` of `object`; empty if it is missing or is not a string, and for what is not an
/// object.
template <class Json>
std::string string_member(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : std::string();
}

}  // namespace bigocean::base
