// Would the live rows make a file fail? Asked of the live database, which is only read.
#pragma once

#include <string>
#include <vector>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql::preview {

/// What rows have to fulfil: unique keys, checks, NOT NULL, foreign keys, and the types of columns.
struct Demand {
  std::string key;       ///< the same demand has the same key before and after a file
  std::string table;     ///< "public.users"
  std::string words;     ///< "public.users (email) is unique"
  std::string question;  ///< SQL that returns a row where the table breaks it; or fails where a value does
                         ///< not convert
  std::string column{};  ///< of a type: "public.users email"
};

/// Everything that the tables of the clone demand now. One round trip. Throws what Connection does.
std::vector<Demand> read_demands(Connection& clone);

/// Of the demands that are in `after` and not in `before`, those that the rows of `live` break: a sentence
/// for each. What could not be asked within two seconds, or refers to what the live database does not have,
/// is in `not_asked`. `types_too`: values are converted as by a plain cast, which is not so with USING. Reads
/// only. Throws ConnectionLost, and on a signal.
std::vector<std::string> broken_demands(Connection& live, const std::vector<Demand>& before,
                                        const std::vector<Demand>& after, bool types_too,
                                        std::vector<std::string>& not_asked);

}  // namespace bigocean::sql::preview
