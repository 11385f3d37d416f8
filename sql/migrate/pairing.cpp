// Whether the transactions that a file begins and ends itself are well paired.
#include "sql/migrate/pairing.hpp"

#include <algorithm>

namespace bigocean::sql::migrate {
namespace {

bool begins(const Statement& statement) {
  return statement.words.starts_with("BEGIN") || statement.words.starts_with("START");
}

/// COMMIT PREPARED and ROLLBACK PREPARED end a transaction of before, outside of any.
bool stands_alone(const Statement& statement) {
  return statement.words.starts_with("COMMIT PREPARED") || statement.words.starts_with("ROLLBACK PREPARED");
}

bool chains(const Statement& statement) { return statement.words.find("AND CHAIN") != std::string::npos; }

}  // namespace

bool has_transaction_control(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(),
                     [](const Statement& s) { return s.kind == StatementKind::kTransaction; });
}

std::optional<Unpaired> find_unpaired(const Script& script) {
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < script.statements.size(); ++i) {
    const Statement& statement = script.statements[i];
    if (statement.kind != StatementKind::kTransaction) continue;
    if (stands_alone(statement)) {
      if (open) return Unpaired{i, "a transaction is open here, in which this cannot run"};
    } else if (begins(statement)) {
      if (open) return Unpaired{i, "a transaction is open here already"};
      open = i;
    } else {
      if (!open) return Unpaired{i, "no transaction is open here"};
      open = chains(statement) ? std::optional(i) : std::nullopt;
    }
  }
  if (open) return Unpaired{*open, "nothing ends the transaction that begins here"};
  return std::nullopt;
}

}  // namespace bigocean::sql::migrate
