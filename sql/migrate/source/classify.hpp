// Classifies a statement by its first tokens; the second half of the lexer.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::migrate {

/// The first tokens of a statement. 40 are enough for every keyword that decides a kind, with any names and
/// options in between.
class Head {
 public:
  explicit Head(std::string_view text) : text_(text) {}
  void clear() { size_ = 0; }
  void add(const Token& token) {
    if (size_ < tokens_.size()) tokens_[size_++] = token;
  }
  std::span<const Token> tokens() const { return {tokens_.data(), size_}; }
  std::string_view slice(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

 private:
  std::string_view text_;
  std::array<Token, 40> tokens_;
  std::size_t size_ = 0;
};

/// True for an unquoted word that is `upper`, in any case.
bool is_word(std::string_view token_text, std::string_view upper);

/// Statement::words.
std::string words_of(const Head& head);

/// The kind; kCopyFromStdin is not found here, since its column list may be longer than a head.
StatementKind kind_of(const Head& head);

/// Throws LexError when the statement sets standard_conforming_strings to anything but on.
void refuse_string_rule_change(const Head& head);

}  // namespace bigocean::sql::migrate
