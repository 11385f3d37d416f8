// Writes a description as SQL that makes the schema in an empty database.
#pragma once

#include <string>

#include "sql/drift/description.hpp"

namespace bigocean::sql::drift {

/// The same description gives the same text, independent of the database's name and of the time.
/// Objects come kind by kind and by name, except that what an object needs comes before it. psql can load it.
std::string schema_text(const Description& description);

}  // namespace bigocean::sql::drift
