// A statement's first tokens, for decisions by its words alone.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/file.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::drift {

/// The first 200 tokens of one statement, without its ';'. Views into the statement's text.
class StatementView {
 public:
  explicit StatementView(std::string_view statement);

  std::size_t size() const { return tokens_.size(); }
  const migrate::Token& token(std::size_t n) const { return tokens_[n]; }
  /// True if the n-th token is one of these unquoted words.
  bool is(std::size_t n, std::initializer_list<std::string_view> words) const;
  /// True if the statement starts with these words.
  bool starts(std::initializer_list<std::string_view> words) const;
  /// The n-th token as the catalogue has the name; empty if it is not a name.
  std::string name(std::size_t n) const;
  /// True if the n-th token is a name, not a word such as CURRENT_USER.
  bool is_role_name(std::size_t n) const;

 private:
  std::string_view text_;
  std::vector<migrate::Token> tokens_;
};

/// Calls `visit` with each statement of the part that runs, and where it stands in Migration::text. A file
/// that cannot be cut into statements has none here: the engine reports what is wrong with it.
template <typename Visit>
void for_each_statement(const migrate::Migration& migration, const Visit& visit) {
  migrate::Script script;
  try {
    script = migrate::lex(migration.up_sql());
  } catch (const migrate::LexError&) {
    return;
  }
  for (const auto& statement : script.statements)
    visit(statement, migration.up_sql().substr(statement.begin, statement.end - statement.begin));
}

/// "path:line"
std::string place_of_statement(const migrate::Migration& migration, const migrate::Statement& statement);

}  // namespace bigocean::sql::drift
