// A migration's "up" part, read for lint and plan.
#include "sql/lint/file.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sql/migrate/run/own_transaction.hpp"
#include "sql/migrate/source/marks.hpp"
#include "sql/migrate/source/options.hpp"

namespace bigocean::sql::lint {
namespace {

using migrate::StatementKind;

bool leaves_transaction(const migrate::Statement& statement) {
  return statement.kind == StatementKind::kConcurrently || statement.kind == StatementKind::kNonTransactional;
}

/// As the engine runs it: all in one transaction, or each statement in its own but for what stands between
/// BEGIN and COMMIT.
std::vector<std::size_t> number_transactions(const std::vector<migrate::Statement>& statements, bool one) {
  std::vector<std::size_t> numbers;
  std::size_t number = 0;
  bool open = false;
  for (const auto& statement : statements) {
    if (!one && !open) ++number;
    numbers.push_back(number);
    if (statement.kind == StatementKind::kTransaction)
      open = statement.words.starts_with("BEGIN") || statement.words.starts_with("START");
  }
  return numbers;
}

/// A file of data has a hundred thousand INSERTs of the same form; one of them is enough.
bool is_more_of(const ReadStatement& before, const ReadStatement& next) {
  const auto is_insert = [](const ReadStatement& read) {
    return read.steps.size() == 1 && read.steps.front().action == Action::kInsert;
  };
  if (!is_insert(before) || !is_insert(next)) return false;
  const Name& a = before.steps.front().table;
  const Name& b = next.steps.front().table;
  return a.name == b.name && a.schema == b.schema;
}

std::vector<Allow> read_allows(const migrate::Job& job) {
  std::vector<Allow> allows;
  std::vector<migrate::Fault> ignored;  // parse_migration has reported them
  for (const auto& mark : migrate::find_marks(job.source, migrate::kPlainDialect, ignored)) {
    const bool here = mark.begin >= job.text_begin && mark.begin < job.text_begin + job.text.size();
    if (!here || !migrate::is_allow(mark.options)) continue;
    const auto words = base::trim(mark.options.substr(migrate::kAllowWord.size()));
    const auto rule = words.substr(0, words.find_first_of(" \t"));
    allows.push_back({rule, base::trim(words.substr(rule.size())), mark.begin});
  }
  return allows;
}

}  // namespace

File read_file(const migrate::Job& job) {
  File file;
  file.job = &job;
  const auto& statements = job.script.statements;
  const bool own_transactions = job.migration.of_other_tool && migrate::has_transaction_control(job.script);
  file.transaction = job.options.transaction.value_or(
      !own_transactions && std::none_of(statements.begin(), statements.end(), leaves_transaction));
  const auto transactions = number_transactions(statements, file.transaction);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    auto read = read_statement(statements[i], job.sql(statements[i]));
    const bool same_transaction = !file.transactions.empty() && file.transactions.back() == transactions[i];
    if (same_transaction && is_more_of(file.statements.back(), read)) continue;
    file.statements.push_back(std::move(read));
    file.transactions.push_back(transactions[i]);
  }
  if (job.source.find("bigocean:") != std::string_view::npos) file.allows = read_allows(job);
  return file;
}

}  // namespace bigocean::sql::lint
