// A statement's first tokens, for decisions by its words alone.
#include "sql/drift/statement_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/migrate/source/classify.hpp"

namespace bigocean::sql::drift {
namespace {

using migrate::TokenKind;

constexpr std::size_t kTokensMax = 200;

}  // namespace

StatementView::StatementView(std::string_view statement) : text_(statement) {
  migrate::Scanner scanner(statement);
  while (tokens_.size() < kTokensMax) {
    const auto token = scanner.next();
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kSemicolon) break;
    tokens_.push_back(token);
  }
}

bool StatementView::is(std::size_t n, std::initializer_list<std::string_view> words) const {
  if (n >= tokens_.size() || tokens_[n].kind != TokenKind::kWord) return false;
  const auto text = text_.substr(tokens_[n].begin, tokens_[n].end - tokens_[n].begin);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return migrate::is_word(text, word); });
}

bool StatementView::starts(std::initializer_list<std::string_view> words) const {
  std::size_t n = 0;
  return std::all_of(words.begin(), words.end(), [&](std::string_view word) { return is(n++, {word}); });
}

std::string StatementView::name(std::size_t n) const {
  if (n >= tokens_.size()) return {};
  auto text = text_.substr(tokens_[n].begin, tokens_[n].end - tokens_[n].begin);
  if (tokens_[n].kind == TokenKind::kWord) return base::to_lower(text);
  if (tokens_[n].kind != TokenKind::kQuoted || !text.starts_with('"')) return {};
  std::string name;
  for (text = text.substr(1, text.size() - 2); !text.empty();) {
    const auto cut = text.find("\"\"");
    name += text.substr(0, cut);
    if (cut == std::string_view::npos) break;
    name += '"';
    text.remove_prefix(cut + 2);
  }
  return name;
}

bool StatementView::is_role_name(std::size_t n) const {
  return !name(n).empty() && !is(n, {"CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"});
}

std::string place_of_statement(const migrate::Migration& migration, const migrate::Statement& statement) {
  const auto place = migrate::place_of(migration.text, migration.up.begin + statement.begin);
  return fmt::format("{}:{}", migration.path, place.line);
}

}  // namespace bigocean::sql::drift
