// Reads SQL token by token by the rules of PostgreSQL's own scanner.
#include "sql/migrate/source/scan.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::migrate {
namespace {

enum CharClass : std::uint8_t {
  kSpace = 1,
  kNameStart = 2,
  kDigit = 4,
  kNameRest = 8,    // what may follow in an identifier
  kTagRest = 16,    // what may follow in a dollar tag: no '$'
  kNumberRest = 32  // permissive: the server reports a letter in a number with a better message
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const std::size_t c : {0x20U, 0x09U, 0x0AU, 0x0BU, 0x0CU, 0x0DU}) classes[c] = kSpace;
  for (std::size_t c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    const bool digit = c >= '0' && c <= '9';
    if (letter) classes[c] = kNameStart | kNameRest | kTagRest | kNumberRest;
    if (digit) classes[c] = kDigit | kNameRest | kTagRest | kNumberRest;
  }
  classes['$'] = kNameRest;
  classes['.'] = kNumberRest;
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is(char c, std::uint8_t mask) { return (kClasses[static_cast<unsigned char>(c)] & mask) != 0; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

}  // namespace

Token Scanner::next() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (is(c, kSpace)) {
      ++at_;
    } else if (!skip_comment()) {
      break;
    }
  }
  const std::size_t begin = at_;
  if (at_ >= text_.size()) return {TokenKind::kEnd, text_.size(), text_.size()};
  const char c = text_[at_];
  if (is(c, kNameStart)) return word();
  if (is(c, kDigit) || (c == '.' && is(peek(1), kDigit))) return number();
  ++at_;
  switch (c) {
    case '\'':
    case '"':
      return quoted(begin, c);
    case '$':
      return dollar();
    case '.':
      return finish(TokenKind::kDot, begin);
    case ',':
      return finish(TokenKind::kComma, begin);
    case '(':
      return finish(TokenKind::kOpen, begin);
    case ')':
      return finish(TokenKind::kClose, begin);
    case ';':
      return finish(TokenKind::kSemicolon, begin);
    case '\\':
      return finish(TokenKind::kBackslash, begin);
    default:
      return finish(TokenKind::kOther, begin);
  }
}

/// Passes over one comment, if one starts here. A comment may start in the middle of operator characters.
bool Scanner::skip_comment() {
  if (text_[at_] == '-' && peek(1) == '-') {
    skip_line_comment();
    return true;
  }
  if (text_[at_] == '/' && peek(1) == '*') {
    skip_block_comment();
    return true;
  }
  return false;
}

void Scanner::skip_line_comment() {
  // A lone CR ends the comment too: to the server it is a line end.
  while (at_ < text_.size() && !is_line_end(text_[at_])) ++at_;
}

void Scanner::skip_block_comment() {
  const std::size_t begin = at_;
  std::size_t depth = 1;
  at_ += 2;
  while (depth > 0) {
    at_ = text_.find_first_of("*/", at_);
    if (at_ == std::string_view::npos || at_ + 1 >= text_.size()) {
      throw LexError(begin, "a comment /* is not closed",
                     "close it with */; comments nest, so each /* needs its own */");
    }
    if (text_[at_] == '*' && text_[at_ + 1] == '/') {
      --depth;
      at_ += 2;
    } else if (text_[at_] == '/' && text_[at_ + 1] == '*') {
      ++depth;
      at_ += 2;
    } else {
      ++at_;
    }
  }
}

Token Scanner::word() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is(text_[at_], kNameRest)) ++at_;
  if (at_ - begin != 1 || at_ >= text_.size()) return finish(TokenKind::kWord, begin);
  // A single letter right before a quote may be a prefix: E'' B'' X'' N'' U&'' U&"".
  const char letter = static_cast<char>(text_[begin] | 0x20);
  if (peek() == '\'') {
    if (letter == 'e') {
      ++at_;
      return escape_string(begin);
    }
    if (letter == 'b' || letter == 'x' || letter == 'n') {
      ++at_;
      return quoted(begin, '\'');
    }
  } else if (letter == 'u' && peek() == '&' && (peek(1) == '\'' || peek(1) == '"')) {
    const char quote = peek(1);
    at_ += 2;
    return quoted(begin, quote);
  }
  return finish(TokenKind::kWord, begin);
}

Token Scanner::number() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is(text_[at_], kNumberRest)) ++at_;
  return finish(TokenKind::kNumber, begin);
}

/// After a '$': a parameter, a dollar-quoted string, or a stray '$'.
Token Scanner::dollar() {
  const std::size_t begin = at_ - 1;
  if (is(peek(), kDigit)) {
    while (is(peek(), kDigit)) ++at_;
    return finish(TokenKind::kNumber, begin);
  }
  std::size_t tag_end = at_;
  if (is(peek(), kNameStart)) {
    while (tag_end < text_.size() && is(text_[tag_end], kTagRest)) ++tag_end;
  }
  if (tag_end >= text_.size() || text_[tag_end] != '$') return finish(TokenKind::kOther, begin);
  const std::string_view tag = text_.substr(begin, tag_end + 1 - begin);
  const std::size_t close = text_.find(tag, tag_end + 1);
  if (close == std::string_view::npos) {
    throw LexError(begin, fmt::format("a dollar-quoted string {} is not closed", tag),
                   fmt::format("close it with the same {} (upper and lower case differ)", tag));
  }
  at_ = close + tag.size();
  return finish(TokenKind::kString, begin);
}

/// A string or an identifier in which only the doubled quote is special; at_ is behind the opening quote.
/// Another string that continues it on a later line follows the same rules, so it may be a token of its own.
Token Scanner::quoted(std::size_t begin, char quote) {
  for (;;) {
    const std::size_t close = text_.find(quote, at_);
    if (close == std::string_view::npos) break;
    at_ = close + 1;
    if (peek() != quote) return finish(quote == '"' ? TokenKind::kQuoted : TokenKind::kString, begin);
    ++at_;
  }
  if (quote == '"') throw LexError(begin, "a quoted identifier is not closed", "close it with \"");
  throw LexError(begin, "a string is not closed",
                 "close it with '; a quote inside a string is written twice: ''");
}

/// E'…': a backslash takes the next byte with it, and a continuation on a later line obeys the same rule.
Token Scanner::escape_string(std::size_t begin) {
  do {
    for (;;) {
      at_ = text_.find_first_of("'\\", at_);
      if (at_ == std::string_view::npos || (text_[at_] == '\\' && at_ + 1 >= text_.size())) {
        throw LexError(begin, "a string E'…' is not closed",
                       "close it with '; a quote inside it is written '' or \\', a backslash \\\\");
      }
      if (text_[at_] == '\\') {
        at_ += 2;
      } else if (peek(1) == '\'') {
        at_ += 2;
      } else {
        ++at_;
        break;
      }
    }
  } while (continues_on_later_line());
  return finish(TokenKind::kString, begin);
}

/// After a closing quote: true, and behind the next quote, if only white space with at least one line end and
/// "--" comments lie between. Otherwise nothing moves.
bool Scanner::continues_on_later_line() {
  const std::size_t close = at_;
  bool line_end = false;
  while (at_ < text_.size()) {
    if (is(text_[at_], kSpace)) {
      line_end = line_end || is_line_end(text_[at_]);
      ++at_;
    } else if (text_[at_] == '-' && peek(1) == '-') {
      skip_line_comment();
    } else {
      break;
    }
  }
  if (line_end && peek() == '\'') {
    ++at_;
    return true;
  }
  at_ = close;
  return false;
}

}  // namespace bigocean::sql::migrate
