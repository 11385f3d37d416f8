// Classifies a statement by its first tokens.
#include "sql/migrate/source/classify.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::size_t kWordsMax = 12;

/// The tokens of a head at parenthesis depth 0, of which only unquoted words can be asked for. A dot and the
/// name after it are left out, so that schema.table counts as one.
class Keywords {
 public:
  explicit Keywords(const Head& head) {
    std::size_t depth = 0;
    bool after_dot = false;
    for (const Token& token : head.tokens()) {
      if (token.kind == TokenKind::kOpen) ++depth;
      if (token.kind == TokenKind::kClose && depth > 0) --depth;
      const bool mark = token.kind == TokenKind::kClose || token.kind == TokenKind::kDot;
      const bool counts = depth == 0 && !after_dot && !mark;
      after_dot = token.kind == TokenKind::kDot;
      if (counts && count_ < words_.size()) {
        words_[count_++] = token.kind == TokenKind::kWord ? head.slice(token) : std::string_view{};
      }
    }
  }

  /// True if the n-th token at depth 0 (0-based) is one of these words.
  bool at(std::size_t n, std::initializer_list<std::string_view> any_of) const {
    return n < count_ && std::any_of(any_of.begin(), any_of.end(),
                                     [&](std::string_view word) { return is_word(words_[n], word); });
  }
  bool starts(std::initializer_list<std::string_view> words) const {
    std::size_t n = 0;
    return std::all_of(words.begin(), words.end(), [&](std::string_view word) { return at(n++, {word}); });
  }
  /// True if the word stands anywhere from the n-th on.
  bool has(std::string_view word, std::size_t n = 0) const {
    for (; n < count_; ++n) {
      if (at(n, {word})) return true;
    }
    return false;
  }
  /// True if `first second` stands anywhere from the n-th on.
  bool has_pair(std::string_view first, std::string_view second, std::size_t n) const {
    for (; n + 1 < count_; ++n) {
      if (at(n, {first}) && at(n + 1, {second})) return true;
    }
    return false;
  }
  std::size_t count() const { return count_; }

 private:
  std::array<std::string_view, 40> words_;
  std::size_t count_ = 0;
};

std::string_view unquoted(std::string_view text) {
  const bool quotes =
      text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quotes ? text.substr(1, text.size() - 2) : text;
}

/// REINDEX (VERBOSE, CONCURRENTLY on) …: an option that is named and not turned off.
bool has_concurrently_option(const Head& head) {
  const auto tokens = head.tokens();
  if (tokens.size() < 2 || tokens[1].kind != TokenKind::kOpen) return false;
  for (std::size_t i = 2; i + 1 < tokens.size() && tokens[i].kind != TokenKind::kClose; ++i) {
    if (!is_word(unquoted(head.slice(tokens[i])), "CONCURRENTLY")) continue;
    const std::string_view value = unquoted(head.slice(tokens[i + 1]));
    return !is_word(value, "OFF") && !is_word(value, "FALSE") && value != "0";
  }
  return false;
}

bool is_transaction_control(const Keywords& k) {
  if (k.at(0, {"BEGIN", "COMMIT", "END", "ABORT"})) return true;
  if (k.starts({"START", "TRANSACTION"}) || k.starts({"PREPARE", "TRANSACTION"})) return true;
  // ROLLBACK [WORK|TRANSACTION] TO a savepoint stays inside the transaction.
  return k.at(0, {"ROLLBACK"}) && !k.at(k.at(1, {"WORK", "TRANSACTION"}) ? 2 : 1, {"TO"});
}

bool is_concurrent(const Head& head, const Keywords& k) {
  if (k.starts({"CREATE", "INDEX", "CONCURRENTLY"}) ||
      k.starts({"CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"}) ||
      k.starts({"DROP", "INDEX", "CONCURRENTLY"})) {
    return true;
  }
  if (k.at(0, {"REINDEX"})) return k.at(2, {"CONCURRENTLY"}) || has_concurrently_option(head);
  return k.starts({"ALTER", "TABLE"}) && k.has_pair("DETACH", "PARTITION", 2) && k.has("CONCURRENTLY", 5);
}

/// CLUSTER without a table (then it works through all of them, each in a transaction of its own).
bool is_cluster_of_everything(const Keywords& k) {
  return k.at(0, {"CLUSTER"}) && (k.count() == 1 || (k.count() == 2 && k.at(1, {"VERBOSE"})));
}

bool is_non_transactional(const Keywords& k) {
  if (k.at(0, {"VACUUM"}) || k.starts({"ALTER", "SYSTEM"}) || k.starts({"DISCARD", "ALL"})) return true;
  if (k.at(0, {"CREATE", "DROP"}) && k.at(1, {"DATABASE", "TABLESPACE", "SUBSCRIPTION"})) return true;
  if (k.at(0, {"REINDEX"}) && k.at(1, {"DATABASE", "SYSTEM", "SCHEMA"})) return true;
  if (k.starts({"ALTER", "DATABASE"})) return k.has_pair("SET", "TABLESPACE", 3);
  if (k.starts({"ALTER", "SUBSCRIPTION"})) {
    return k.at(3, {"REFRESH"}) || (k.at(3, {"SET", "ADD", "DROP"}) && k.at(4, {"PUBLICATION"}));
  }
  return is_cluster_of_everything(k);
}

bool is_data(const Head& head, const Keywords& k) {
  if (head.tokens()[0].kind == TokenKind::kOpen) return true;  // (SELECT …) UNION …
  return k.at(0, {"INSERT", "UPDATE",   "DELETE",     "MERGE",   "SELECT",   "WITH",    "VALUES",  "TABLE",
                  "COPY",   "ANALYZE",  "ANALYSE",    "SET",     "RESET",    "SHOW",    "EXPLAIN", "NOTIFY",
                  "LISTEN", "UNLISTEN", "SAVEPOINT",  "RELEASE", "ROLLBACK", "DECLARE", "FETCH",   "MOVE",
                  "CLOSE",  "PREPARE",  "DEALLOCATE", "EXECUTE", "DISCARD"});
}

}  // namespace

bool is_word(std::string_view token_text, std::string_view upper) {
  return token_text.size() == upper.size() && base::equals_ignoring_case(token_text, upper);
}

std::string words_of(const Head& head) {
  std::string words;
  std::size_t depth = 0;
  std::size_t count = 0;
  bool after_dot = false;
  for (const Token& token : head.tokens()) {
    if (token.kind == TokenKind::kOpen) {
      ++depth;
    } else if (token.kind == TokenKind::kClose) {
      if (depth > 0) --depth;
    } else if (depth == 0) {
      const bool dot = token.kind == TokenKind::kDot;
      const bool name = token.kind == TokenKind::kWord || token.kind == TokenKind::kQuoted;
      if (!dot && !name) break;
      if (name && !after_dot && ++count > kWordsMax) break;
      if (name && !after_dot && count > 1) words += ' ';
      const std::string_view text = head.slice(token);
      for (const char c : text) {
        words +=
            token.kind == TokenKind::kWord && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
      after_dot = dot;
    }
  }
  return words;
}

StatementKind kind_of(const Head& head) {
  if (head.tokens().empty()) return StatementKind::kOther;
  // Large files consist of these.
  if (is_word(head.slice(head.tokens()[0]), "INSERT")) return StatementKind::kData;
  const Keywords k(head);
  if (is_transaction_control(k)) return StatementKind::kTransaction;
  if (is_concurrent(head, k)) return StatementKind::kConcurrently;
  if (is_non_transactional(k)) return StatementKind::kNonTransactional;
  return is_data(head, k) ? StatementKind::kData : StatementKind::kOther;
}

void refuse_string_rule_change(const Head& head) {
  const auto tokens = head.tokens();
  if (tokens.size() < 4 || !is_word(head.slice(tokens[0]), "SET")) return;
  const auto is_one_of = [&](std::size_t n, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return is_word(unquoted(head.slice(tokens[n])), word); });
  };
  const std::size_t name = is_one_of(1, {"SESSION", "LOCAL"}) ? 2 : 1;
  if (tokens.size() < name + 3 || !is_one_of(name, {"STANDARD_CONFORMING_STRINGS"})) return;
  if (is_one_of(name + 2, {"ON", "TRUE", "YES", "1"})) return;
  throw LexError(tokens[name + 2].begin, "standard_conforming_strings cannot be turned off in a migration",
                 "it changes what a backslash in a string means; write such strings as E'…' instead");
}

}  // namespace bigocean::sql::migrate
