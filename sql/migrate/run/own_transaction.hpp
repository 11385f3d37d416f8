// The transactions that a file begins and ends itself, found in its statements.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::migrate {

/// BEGIN, START TRANSACTION.
bool begins_transaction(const Statement& statement);
/// COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION; not COMMIT PREPARED and ROLLBACK PREPARED.
bool ends_transaction(const Statement& statement);
/// COMMIT, END.
bool commits_transaction(const Statement& statement);
/// COMMIT PREPARED, ROLLBACK PREPARED.
bool is_two_phase_end(const Statement& statement);

/// True when the script begins or ends a transaction.
bool has_transaction_control(const Script& script);

/// A BEGIN, COMMIT or the like without its partner.
struct Unpaired {
  std::size_t statement = 0;  ///< index in Script::statements
  std::string_view what;      ///< "a transaction is open already"
};

/// The first statement that begins a transaction inside another, ends one that is not open, or begins one
/// that nothing ends.
std::optional<Unpaired> find_unpaired(const Script& script);

/// The end of what is done as a whole or not at all: behind the statement `first`, or behind the end of the
/// transaction that it begins or, after AND CHAIN, is in. The statements must be well paired.
std::size_t end_of_unit(const std::vector<Statement>& statements, std::size_t first);

}  // namespace bigocean::sql::migrate
