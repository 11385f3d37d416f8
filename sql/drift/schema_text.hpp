// Writes a description as SQL that makes the schema in an empty database.
#pragma once

#include <string>

#include "sql/drift/description.hpp"

namespace bigocean::sql::drift {

/// The same text for the same description, whatever the database is called and whenever it is written.
/// Objects come kind by kind and by name, except that what an object needs comes before it. psql can load it.
std::string schema_text(const Description& description);

}  // namespace bigocean::sql::drift
