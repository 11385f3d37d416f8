// Changes of a column's type that leave the rows as they are.
#include "sql/lint/widening.hpp"

#include <fmt/format.h>

namespace bigocean::sql::lint {
namespace {

/// Names that mean the same type.
std::string canonical(const std::string& name) {
  if (name == "serial" || name == "serial4" || name == "int") return "int4";
  if (name == "bigserial" || name == "serial8") return "int8";
  if (name == "smallserial" || name == "serial2") return "int2";
  return name;
}

bool is_text(const Type& type) {
  return type.name == "text" || (type.name == "varchar" && type.modifiers.empty());
}

}  // namespace

bool is_widening(const Type& from, const Type& to) {
  if (from.array != to.array) return false;
  if (canonical(from.name) == canonical(to.name) && from.modifiers == to.modifiers) return true;
  if (from.array) return false;  // each element is converted, even where its bytes stay the same
  const bool from_text = from.name == "varchar" || from.name == "text";
  if (from_text && is_text(to)) return true;
  if (from.name != to.name) return from.name == "cidr" && to.name == "inet";
  if (from.name == "varchar" || from.name == "varbit")
    return to.modifiers.empty() || (!from.modifiers.empty() && to.modifiers[0] >= from.modifiers[0]);
  if (from.name == "numeric") {
    if (to.modifiers.empty()) return true;
    const auto scale = [](const Type& type) { return type.modifiers.size() > 1 ? type.modifiers[1] : 0; };
    return !from.modifiers.empty() && to.modifiers[0] >= from.modifiers[0] && scale(to) == scale(from);
  }
  if (from.name == "timestamp" || from.name == "timestamptz" || from.name == "time" || from.name == "timetz")
    return to.modifiers.empty() || (!from.modifiers.empty() && to.modifiers[0] >= from.modifiers[0]);
  return false;
}

std::string type_text(const Type& type) {
  std::string text = type.name == "bpchar" ? "char" : type.name;
  if (!type.modifiers.empty()) text += fmt::format("({})", fmt::join(type.modifiers, ","));
  return text + (type.array ? "[]" : "");
}

}  // namespace bigocean::sql::lint
