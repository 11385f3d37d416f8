// Statements that take effect outside their database.
#include "sql/drift/server_wide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::drift {
namespace {

std::array<std::string_view, 3> first_words(std::string_view words) {
  std::array<std::string_view, 3> first;
  for (auto& word : first) {
    word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return first;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](auto candidate) { return base::equals_ignoring_case(word, candidate); });
}

/// GRANT and REVOKE of roles have no ON; others name the kind of object after it.
bool is_server_wide_grant(std::string_view statement) {
  migrate::Scanner scanner(statement);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (token.kind == migrate::TokenKind::kWord && is_one_of(scanner.slice(token), {"ON"}))
      return is_one_of(scanner.slice(scanner.next()), {"DATABASE", "TABLESPACE", "PARAMETER"});
  }
  return true;
}

}  // namespace

bool is_server_wide(std::string_view statement, std::string_view words) {
  const auto [verb, object, detail] = first_words(words);
  if (verb == "GRANT" || verb == "REVOKE") return is_server_wide_grant(statement);
  if (verb == "COMMENT") return is_one_of(detail, {"ROLE", "DATABASE", "TABLESPACE"});
  if (verb == "REASSIGN") return true;
  return is_one_of(verb, {"CREATE", "ALTER", "DROP"}) && detail != "MAPPING" &&
         is_one_of(object,
                   {"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SUBSCRIPTION", "SYSTEM", "OWNED"});
}

void refuse_server_wide(const std::vector<migrate::Migration>& migrations) {
  std::string found;
  for (const auto& migration : migrations) {
    const auto sql = migration.up_sql();
    for (const auto& statement : migrate::lex(sql).statements) {
      const auto text = sql.substr(statement.begin, statement.end - statement.begin);
      if (!is_server_wide(text, statement.words)) continue;
      const auto place = migrate::place_of(migration.text, migration.up.begin + statement.begin);
      found += fmt::format("\n{}:{}: {}", migration.path, place.line, statement.words);
    }
  }
  if (found.empty()) return;
  throw base::Error(
      base::ExitCode::kUsage,
      "these statements change more than their database, so they are not run again on this server:" + found,
      "point --scratch-url at a throwaway server, a container for example");
}

}  // namespace bigocean::sql::drift
