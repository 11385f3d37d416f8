// Whether the transactions that a file begins and ends itself are well paired.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sql/migrate/lexer.hpp"

namespace bigocean::sql::migrate {

/// A BEGIN, COMMIT or their kin without its partner.
struct Unpaired {
  std::size_t statement = 0;  ///< index in Script::statements
  std::string_view what;      ///< "a transaction is open already"
};

/// True when the script begins or ends a transaction.
bool has_transaction_control(const Script& script);

/// The first statement that begins a transaction inside another, ends one that is not open, or begins one
/// that nothing ends. ROLLBACK, ABORT, END and PREPARE TRANSACTION end one as COMMIT does.
std::optional<Unpaired> find_unpaired(const Script& script);

}  // namespace bigocean::sql::migrate
