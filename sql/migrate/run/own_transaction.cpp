// The transactions that a file begins and ends itself, found in its statements.
#include "sql/migrate/run/own_transaction.hpp"

#include <algorithm>

namespace bigocean::sql::migrate {
namespace {

bool starts(const Statement& statement, std::string_view words) { return statement.words.starts_with(words); }

/// COMMIT AND CHAIN and the like: the next statement is in a transaction again.
bool chains(const Statement& statement) {
  return ends_transaction(statement) && statement.words.find(" AND CHAIN") != std::string::npos;
}

bool is_in_transaction(const std::vector<Statement>& statements, std::size_t first) {
  return begins_transaction(statements[first]) || (first > 0 && chains(statements[first - 1]));
}

}  // namespace

bool is_two_phase_end(const Statement& statement) {
  return starts(statement, "COMMIT PREPARED") || starts(statement, "ROLLBACK PREPARED");
}

bool begins_transaction(const Statement& statement) {
  return statement.kind == StatementKind::kTransaction &&
         (starts(statement, "BEGIN") || starts(statement, "START"));
}

bool ends_transaction(const Statement& statement) {
  return statement.kind == StatementKind::kTransaction && !begins_transaction(statement) &&
         !is_two_phase_end(statement);
}

bool commits_transaction(const Statement& statement) {
  return ends_transaction(statement) && (starts(statement, "COMMIT") || starts(statement, "END"));
}

bool has_transaction_control(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(),
                     [](const Statement& s) { return s.kind == StatementKind::kTransaction; });
}

std::optional<Unpaired> find_unpaired(const Script& script) {
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < script.statements.size(); ++i) {
    const Statement& statement = script.statements[i];
    if (statement.kind != StatementKind::kTransaction) continue;
    if (is_two_phase_end(statement)) {
      if (open) return Unpaired{i, "this cannot run in the transaction that is open here"};
    } else if (begins_transaction(statement)) {
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

std::size_t end_of_unit(const std::vector<Statement>& statements, std::size_t first) {
  if (!is_in_transaction(statements, first)) return first + 1;
  auto end = first;
  while (end < statements.size() && !ends_transaction(statements[end])) ++end;
  return std::min(end + 1, statements.size());
}

}  // namespace bigocean::sql::migrate
