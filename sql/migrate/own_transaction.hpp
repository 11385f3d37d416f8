// The transactions that a file begins and ends itself, found in its statements.
#pragma once

#include <cstddef>
#include <vector>

#include "sql/migrate/lexer.hpp"

namespace bigocean::sql::migrate {

/// BEGIN, START TRANSACTION.
bool begins_transaction(const Statement& statement);
/// COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION; not COMMIT PREPARED and its kin.
bool ends_transaction(const Statement& statement);
/// COMMIT, END.
bool commits_transaction(const Statement& statement);
/// COMMIT PREPARED, ROLLBACK PREPARED.
bool is_two_phase_end(const Statement& statement);

/// What is done or not as a whole: behind the statement `first`, or behind the end of the transaction that it
/// begins or, after AND CHAIN, is in.
std::size_t end_of_unit(const std::vector<Statement>& statements, std::size_t first);

/// Whether every transaction that the statements begin also ends.
bool ends_every_transaction(const std::vector<Statement>& statements);

}  // namespace bigocean::sql::migrate
