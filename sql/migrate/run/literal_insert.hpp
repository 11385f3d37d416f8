// An INSERT of one row of literals, read so that it can run with parameters, and many alike as one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// "INSERT INTO t (a, b) VALUES (1, 'x');". Views lead into the text that was read.
struct LiteralInsert {
  struct Value {
    std::optional<std::string> text{};  ///< nothing for NULL
    std::string_view type{};  ///< "int4", "bool", …; empty for what takes its column's: strings, NULL
    bool is_default = false;  ///< DEFAULT
  };
  std::string_view table;     ///< the name as written, with its schema and quotes
  std::string_view head;      ///< "INSERT INTO t (a, b) VALUES"
  std::vector<Value> values;  ///< never empty
  std::string_view tail;      ///< "ON CONFLICT …", "RETURNING …", or empty
};

/// Nullopt for any other statement, and if a value is more than one literal. Run with parameters it does the
/// same as when it is run as written: a number has the type that the server would give it, a string takes its
/// column's. The one exception is columns of an interval type with a unit, see interval_units_sql().
std::optional<LiteralInsert> read_literal_insert(std::string_view statement);

/// Whether `next` can be a row of the same statement as `row`, both without tail. A NULL takes the type that
/// the row before has in its place.
bool joins(const LiteralInsert& row, LiteralInsert& next);

/// One statement for all of them; they join one another.
sql::Query with_parameters(std::span<const LiteralInsert> rows);

/// SQL that has a row where this database has a column of type `interval minute` or the like: in a literal
/// the server reads a plain number as that unit, and in a parameter as seconds.
std::string_view interval_units_sql();

/// SQL that has a row where INSERTs of one row each and one INSERT of all do the same to a table: nothing
/// that runs per statement or may look at the table in between (triggers, rules, policies, functions of users
/// in defaults, checks and indexes), no references to itself. `name` is the table's, as a literal.
std::string rows_are_independent_sql(std::string_view name);

}  // namespace bigocean::sql::migrate
