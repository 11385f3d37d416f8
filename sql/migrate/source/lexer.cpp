// Cuts SQL text into statements by psql's rules.
#include "sql/migrate/source/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/migrate/source/classify.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::migrate {
namespace {

/// Follows the tokens of a statement for what its end depends on.
class Tracker {
 public:
  void clear() { *this = Tracker{}; }

  /// Takes the next token; `text` is the token's.
  void see(const Token& token, std::string_view text) {
    const bool word = token.kind == TokenKind::kWord && previous_kind_ != TokenKind::kDot;
    if (token.kind == TokenKind::kOpen) ++depth_;
    if (token.kind == TokenKind::kClose && depth_ > 0) --depth_;
    if (count_ < 4) see_start(word ? text : std::string_view{});
    if (is_routine_ && word) see_in_routine(text);
    if (is_copy_) see_in_copy(token, word, text);
    previous_kind_ = token.kind;
    previous_ = text;
    ++count_;
  }

  bool at_start() const { return count_ == 0; }
  /// True if a ';' here would end the statement.
  bool ends() const { return depth_ == 0 && !in_body_; }
  bool copies_from_stdin() const { return from_stdin_; }
  bool copies_binary() const { return from_stdin_ && binary_; }

 private:
  /// COPY; CREATE [OR REPLACE] FUNCTION|PROCEDURE, the only statements in which BEGIN ATOMIC opens a body.
  void see_start(std::string_view word) {
    if (count_ == 0) {
      is_copy_ = is_word(word, "COPY");
      is_create_ = is_word(word, "CREATE");
    } else if (is_create_) {
      const bool routine = is_word(word, "FUNCTION") || is_word(word, "PROCEDURE");
      is_routine_ = routine;
      is_create_ = count_ == 1 ? is_word(word, "OR") : count_ == 2 && is_word(word, "REPLACE");
    }
  }

  /// A body ends with the END that follows BEGIN ATOMIC or a ';' directly: an END anywhere else closes a CASE
  /// or is a column's name, and a statement of a body cannot be the END that is short for COMMIT.
  void see_in_routine(std::string_view text) {
    if (!in_body_ && depth_ == 0 && is_word(text, "ATOMIC") && is_word(previous_, "BEGIN")) {
      in_body_ = true;
      atomic_at_ = count_;
    } else if (in_body_ && is_word(text, "END")) {
      in_body_ = previous_kind_ != TokenKind::kSemicolon && atomic_at_ + 1 != count_;
    }
  }

  /// COPY [BINARY] … FROM STDIN [[WITH] BINARY | [WITH] (FORMAT binary)]. The grammar takes STDOUT for STDIN.
  void see_in_copy(const Token& token, bool word, std::string_view text) {
    if (depth_ == 0 && word) {
      if (is_word(text, "BINARY") && (count_ == 1 || from_stdin_)) binary_ = true;
      if ((is_word(text, "STDIN") || is_word(text, "STDOUT")) && is_word(previous_, "FROM"))
        from_stdin_ = true;
    }
    if (from_stdin_ && depth_ == 1 && is_word(previous_, "FORMAT")) {
      const bool quotes = token.kind == TokenKind::kString || token.kind == TokenKind::kQuoted;
      binary_ = binary_ || is_word(quotes ? text.substr(1, text.size() - 2) : text, "BINARY");
    }
  }

  std::size_t count_ = 0;
  std::size_t depth_ = 0;      // of parentheses
  std::size_t atomic_at_ = 0;  // number of the token ATOMIC
  bool is_create_ = false, is_routine_ = false, in_body_ = false;
  bool is_copy_ = false, from_stdin_ = false, binary_ = false;
  TokenKind previous_kind_ = TokenKind::kEnd;
  std::string_view previous_;
};

/// What to do instead of the psql commands that people use most.
std::string psql_hint(std::string_view command) {
  if (command == "\\copy")
    return "write COPY … FROM stdin; with the rows below it and a line \\. at their end";
  if (command == "\\i" || command == "\\ir" || command == "\\include") return "put that file's text here";
  if (command == "\\connect" || command == "\\c")
    return "a migration runs in the database of DATABASE_URL; remove the line";
  if (command == "\\.") return "it ends the rows of a COPY … FROM stdin; and there is none before it";
  if (command == "\\gexec") return "use a DO block with EXECUTE";
  return "write SQL instead, or remove it";
}

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text), scanner_(text), head_(text) {}

  Script run() {
    for (;;) {
      const Token token = scanner_.next();
      if (token.kind == TokenKind::kEnd) break;
      if (token.kind == TokenKind::kBackslash) {
        take_backslash(token.begin);
        continue;
      }
      if (token.kind == TokenKind::kSemicolon && tracker_.ends()) {
        if (!tracker_.at_start()) finish(token.end, true);
        continue;
      }
      if (tracker_.at_start()) statement_.begin = token.begin;
      tracker_.see(token, scanner_.slice(token));
      head_.add(token);
      end_ = token.end;
    }
    if (!tracker_.at_start()) finish(end_, false);
    if (restricted_) {
      throw LexError(restrict_at_, "\\restrict has no \\unrestrict below it",
                     "add the line \\unrestrict " + restrict_token_);
    }
    blank_lines();
    return std::move(script_);
  }

 private:
  void finish(std::size_t end, bool terminated) {
    statement_.end = end;
    refuse_string_rule_change(head_);
    statement_.words = words_of(head_);
    statement_.kind = tracker_.copies_from_stdin() ? StatementKind::kCopyFromStdin : kind_of(head_);
    if (tracker_.copies_from_stdin()) take_data(terminated);
    script_.statements.push_back(std::move(statement_));
    statement_ = Statement{};
    head_.clear();
    tracker_.clear();
  }

  /// The rows below COPY … FROM STDIN: from the next line to the line "\." or the end of the text.
  void take_data(bool terminated) {
    std::size_t line_end = std::min(text_.find('\n', statement_.end), text_.size());
    if (!terminated) line_end = text_.size();
    const Token behind = Scanner(text_.substr(0, line_end), statement_.end).next();
    if (behind.kind != TokenKind::kEnd) {
      throw LexError(behind.begin, "text on the same line after COPY … FROM stdin;",
                     "the rows begin on the next line; move this below the line \\. that ends them");
    }
    statement_.data_begin = std::min(line_end + 1, text_.size());
    statement_.data_end = text_.size();
    std::size_t next = text_.size();
    for (std::size_t at = statement_.data_begin; !tracker_.copies_binary() && at < text_.size();) {
      const std::size_t mark = text_.find("\\.", at);
      if (mark == std::string_view::npos) break;
      at = mark + 2;
      const std::string_view rest = text_.substr(at, 2);
      const bool alone = rest.empty() || rest[0] == '\n' || rest == "\r\n";
      if (!alone || text_[mark - 1] != '\n') continue;
      statement_.data_end = mark;
      next = std::min(at + (rest.substr(0, 1) == "\r" ? 2 : 1), text_.size());
      break;
    }
    scanner_.seek(next);
  }

  /// pg_dump writes a pair \restrict/\unrestrict around its output; every other backslash is psql's.
  void take_backslash(std::size_t begin) {
    const std::size_t line_end = std::min(text_.find('\n', begin), text_.size());
    const std::string_view line = text_.substr(begin, line_end - begin);
    const std::string_view command =
        line.substr(0, std::max<std::size_t>(2, line.find_first_of(" \t\r;", 1)));
    const bool opens = command == "\\restrict";
    const bool line_start = begin == 0 || text_[begin - 1] == '\n';
    if (!tracker_.at_start() || !line_start || (!opens && command != "\\unrestrict")) {
      throw LexError(begin, fmt::format("{} is a psql command; the server does not know it", command),
                     psql_hint(command));
    }
    const std::string key(base::trim(line.substr(command.size())));
    if (key.empty())
      throw LexError(begin, fmt::format("{} without its key", command),
                     "pg_dump writes one; copy the line whole");
    if (opens && restricted_)
      throw LexError(begin, "a second \\restrict before \\unrestrict", "remove one of them");
    if (!opens && (!restricted_ || key != restrict_token_)) {
      throw LexError(begin, "\\unrestrict does not match a \\restrict above it",
                     "both lines carry the same key");
    }
    restricted_ = opens;
    restrict_token_ = key;
    restrict_at_ = begin;
    blanks_.push_back({begin, line_end});
    scanner_.seek(line_end);
  }

  void blank_lines() {
    if (blanks_.empty()) return;
    script_.rewritten = text_;
    for (const auto& [begin, end] : blanks_) {
      std::fill(script_.rewritten.begin() + static_cast<std::ptrdiff_t>(begin),
                script_.rewritten.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
  }

  std::string_view text_;
  Scanner scanner_;
  Head head_;
  Tracker tracker_;
  Statement statement_;
  std::size_t end_ = 0;  // of the last token
  Script script_;
  std::vector<std::pair<std::size_t, std::size_t>> blanks_;
  bool restricted_ = false;
  std::string restrict_token_;
  std::size_t restrict_at_ = 0;
};

}  // namespace

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  Place place;
  place.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  place.column = 1 + static_cast<std::size_t>(std::count_if(
                         before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  return place;
}

Script lex(std::string_view text) { return Cutter(text).run(); }

}  // namespace bigocean::sql::migrate
