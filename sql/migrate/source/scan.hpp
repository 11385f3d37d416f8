// Reads SQL token by token by the rules of PostgreSQL's own scanner; the basis of the lexer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bigocean::sql::migrate {

enum class TokenKind : std::uint8_t {
  kEnd,     ///< end of the text
  kWord,    ///< keyword or unquoted identifier
  kQuoted,  ///< "identifier", U&"identifier"
  kString,  ///< '…', E'…' and the like, $tag$…$tag$; a string that goes on over lines may be several tokens
  kNumber,  ///< number or $1
  kDot,
  kComma,
  kOpen,   ///< (
  kClose,  ///< )
  kSemicolon,
  kBackslash,  ///< outside of everything: not SQL
  kOther       ///< one byte of an operator or anything else
};

/// Bytes [begin, end) of the text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Walks over a text that outlives it. White space and comments are passed over.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  /// The next token. Throws LexError on a string, quoted identifier or comment that is not closed.
  Token next();

  /// Where the next token is looked for; `seek` moves there.
  std::size_t position() const { return at_; }
  void seek(std::size_t at) { at_ = at; }

  std::string_view slice(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }

 private:
  bool skip_comment();
  void skip_line_comment();
  void skip_block_comment();
  Token word();
  Token number();
  Token dollar();
  Token quoted(std::size_t begin, char quote);
  Token escape_string(std::size_t begin);
  bool continues_on_later_line();
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  Token finish(TokenKind kind, std::size_t begin) const { return {kind, begin, at_}; }

  std::string_view text_;
  std::size_t at_;
};

}  // namespace bigocean::sql::migrate
