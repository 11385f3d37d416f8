// Finds where two descriptions differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/drift/description.hpp"

namespace bigocean::sql::drift {

enum class Change {
  kMissing,    ///< the migrations make it, the database does not have it
  kExtra,      ///< the database has it, no migration makes it
  kDifferent,  ///< both have it, made differently
  kOrder       ///< the same columns in another order: reported, but not drift
};

/// "missing", "extra", "different", "order".
std::string_view change_name(Change change);

struct Difference {
  Change change = Change::kDifferent;
  std::string kind;
  std::string identity;
  std::string migrations;  ///< SQL that makes it as the migrations do; empty when extra
  std::string database;    ///< SQL that makes it as it is; empty when missing
};

/// In the order of the descriptions. What belongs to a missing or extra table is said in the table's text.
std::vector<Difference> compare(const Description& migrations, const Description& database);

/// Takes out every object whose identity or relation matches the pattern; '*' stands for any text.
void ignore(Description& description, const std::string& pattern);

}  // namespace bigocean::sql::drift
