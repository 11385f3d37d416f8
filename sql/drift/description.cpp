// A database's schema as an ordered list of objects, each with the SQL that makes it.
#include "sql/drift/description.hpp"

namespace bigocean::sql::drift {

Columns columns_of(const Description& description) {
  Columns columns;
  for (const auto& object : description.objects) {
    if (object.is_column()) columns[object.relation].push_back(&object);
  }
  return columns;
}

std::string statement(const Object& object, const Columns& columns) {
  std::string text = object.definition;
  if (const auto found = columns.find(object.identity); object.is_relation() && found != columns.end()) {
    const char* separator = "\n  ";
    for (const auto* column : found->second) {
      text += separator + column->definition;
      separator = ",\n  ";
    }
    text += "\n";
  }
  return text + object.tail;
}

}  // namespace bigocean::sql::drift
