// One text for definitions that PostgreSQL writes in two ways although they mean the same.
#include "sql/drift/normal_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::drift {
namespace {

using migrate::Token;
using migrate::TokenKind;

/// Puts `insert` in the place of the bytes [begin, end).
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string insert;
};

/// One definition as tokens, with the other end of each bracket.
class Definition {
 public:
  explicit Definition(std::string_view text) : text_(text) {
    migrate::Scanner scanner(text);
    for (auto token = scanner.next(); token.kind != TokenKind::kEnd; token = scanner.next())
      tokens_.push_back(token);
    partner_.assign(tokens_.size(), kNone);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (opens(i)) {
        open.push_back(i);
      } else if (closes(i) && !open.empty()) {
        partner_[i] = open.back();
        partner_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  std::string normal() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is(i, "SELECT") || is(i, "RETURNING")) name_literals(i + 1);
      if (is(i, "ARRAY")) fold_casts(i);
      if (tokens_[i].kind != TokenKind::kOpen || partner_[i] == kNone) continue;
      join_chain(i);
      if (is(i + 1, "VALUES") && tokens_[i + 1].begin == tokens_[i].end) insert(tokens_[i].end, " ");
    }
    return edited();
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::string_view word(std::size_t i) const {
    return i < tokens_.size() ? text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin) : "";
  }
  bool is(std::size_t i, std::string_view text) const { return word(i) == text; }
  bool opens(std::size_t i) const { return tokens_[i].kind == TokenKind::kOpen || is(i, "["); }
  bool closes(std::size_t i) const { return tokens_[i].kind == TokenKind::kClose || is(i, "]"); }
  /// What follows token i on its level.
  std::size_t after(std::size_t i) const { return (opens(i) && partner_[i] != kNone ? partner_[i] : i) + 1; }

  void remove(std::size_t from, std::size_t to) { edits_.push_back({from, to, ""}); }
  void insert(std::size_t at, std::string text) { edits_.push_back({at, at, std::move(text)}); }

  /// Whether the bracket at `open` holds an AND or an OR itself, not only in brackets of its own.
  bool is_chain(std::size_t open, std::string_view connective) const {
    for (std::size_t i = open + 1; i < partner_[open]; i = after(i)) {
      if (is(i, connective)) return true;
    }
    return false;
  }

  /// ((a AND b) AND c): the grammar adds to a chain on the left.
  void join_chain(std::size_t open) {
    const std::size_t first = open + 1;
    if (tokens_[first].kind != TokenKind::kOpen || partner_[first] == kNone) return;
    for (const char* connective : {"AND", "OR"}) {
      if (!is(after(first), connective) || !is_chain(first, connective)) continue;
      remove(tokens_[first].begin, tokens_[first].end);
      remove(tokens_[partner_[first]].begin, tokens_[partner_[first]].end);
    }
  }

  /// An element of ARRAY[…] that is nothing but a cast: (value)::type, or ((value)::type COLLATE collation).
  struct Cast {
    std::size_t open = 0;   ///< the bracket before the value
    std::size_t end = 0;    ///< behind the type
    std::string_view type;  ///< with its []
  };

  std::optional<Cast> cast_of(std::size_t begin, std::size_t end) const {
    if (tokens_[begin].kind != TokenKind::kOpen || partner_[begin] == kNone) return {};
    if (after(begin) == end) {
      const auto collate = collate_in(begin);
      return collate == kNone ? std::nullopt : cast_of(begin + 1, collate);
    }
    const std::size_t close = partner_[begin], type = close + 3;
    if (!is(close + 1, ":") || !is(close + 2, ":") || type >= end) return {};
    if (behind_type(type) != end) return {};
    return Cast{begin, end, text_.substr(tokens_[type].begin, tokens_[end - 1].end - tokens_[type].begin)};
  }

  /// ARRAY[(a)::type, (b)::type] is what the parser makes of (ARRAY[a, b])::type[].
  void fold_casts(std::size_t array) {
    const std::size_t bracket = array + 1;
    if (!is(bracket, "[") || partner_[bracket] == kNone || partner_[bracket] == bracket + 1) return;
    std::vector<Cast> casts;
    for (std::size_t i = bracket + 1, end = i; i < partner_[bracket]; i = end = end + 1) {
      while (end < partner_[bracket] && tokens_[end].kind != TokenKind::kComma) end = after(end);
      const auto cast = cast_of(i, end);
      if (!cast || (!casts.empty() && cast->type != casts.front().type)) return;
      casts.push_back(*cast);
    }
    for (const auto& [open, end, type] : casts) {
      // A value that begins on a line of its own takes the blank before it away.
      const bool line = text_[tokens_[open].end] == '\n' && text_[tokens_[open].begin - 1] == ' ';
      remove(tokens_[open].begin - (line ? 1 : 0), tokens_[open].end);
      remove(tokens_[partner_[open]].begin, tokens_[end - 1].end);
    }
    insert(tokens_[array].begin, "(");
    const auto& type = casts.front().type;
    insert(tokens_[partner_[bracket]].end, fmt::format(")::{}{}", type, type.ends_with(']') ? "" : "[]"));
  }

  /// Behind a type with its (length) and [].
  std::size_t behind_type(std::size_t i) const {
    const std::size_t begin = i;
    i = end_of_type(i);
    while (i > begin && is(i, "[") && is(i + 1, "]")) i += 2;
    return i;
  }

  /// Behind the last token of a type's name, with its (length) and without [].
  std::size_t end_of_type(std::size_t i) const {
    for (; i < tokens_.size(); i = after(i)) {
      const auto kind = tokens_[i].kind;
      const bool name = kind == TokenKind::kWord || kind == TokenKind::kQuoted;
      if (!(name || kind == TokenKind::kDot || kind == TokenKind::kOpen) || ends_element(i) ||
          is(i, "COLLATE"))
        break;
    }
    return i;
  }

  /// Whether token i follows an element of a list of columns.
  bool ends_element(std::size_t i) const {
    constexpr std::array<std::string_view, 14> kWords{"AS",     "FROM",      "WHERE",  "GROUP", "HAVING",
                                                      "WINDOW", "UNION",     "EXCEPT", "ORDER", "LIMIT",
                                                      "OFFSET", "INTERSECT", "FETCH",  "FOR"};
    return i >= tokens_.size() || closes(i) || tokens_[i].kind == TokenKind::kComma ||
           tokens_[i].kind == TokenKind::kSemicolon ||
           std::find(kWords.begin(), kWords.end(), word(i)) != kWords.end();
  }

  /// SELECT 'a'::text, where the column's name does not matter: the cast, which the server has added, names
  /// it.
  void name_literals(std::size_t i) {
    for (i = first_column(i); i < tokens_.size(); ++i) {
      const std::size_t begin = i;
      while (!ends_element(i)) i = after(i);
      if (i > begin && !is(i, "AS")) {
        if (const auto name = name_of_column(begin, i); !name.empty())
          insert(tokens_[i - 1].end, " AS " + name);
      }
      while (!ends_element(i) || is(i, "AS")) i = after(i);
      if (i >= tokens_.size() || tokens_[i].kind != TokenKind::kComma) return;
    }
  }

  /// Behind SELECT: where the list of columns begins.
  std::size_t first_column(std::size_t i) const {
    if (!is(i, "DISTINCT")) return i;
    return is(i + 1, "ON") ? after(i + 2) : i + 1;
  }

  /// The name that a literal gives to the column [begin, end), also in (… COLLATE …) and in ( SELECT …); else
  /// empty.
  std::string name_of_column(std::size_t begin, std::size_t end) const {
    const bool literal = tokens_[begin].kind == TokenKind::kString || is(begin, "NULL");
    if (literal && is(begin + 1, ":") && is(begin + 2, ":")) {
      const std::size_t type = begin + 3, type_end = end_of_type(type);
      return type_end > type && behind_type(type) == end ? name_of_type(type, type_end) : "";
    }
    if (is(begin, "CASE")) return name_of_case(begin, end);
    if (tokens_[begin].kind != TokenKind::kOpen || after(begin) != end) return {};
    if (const auto collate = collate_in(begin); collate != kNone) return name_of_column(begin + 1, collate);
    if (!is(begin + 1, "SELECT")) return {};
    const std::size_t first = first_column(begin + 2);
    std::size_t behind = first;
    while (!ends_element(behind)) behind = after(behind);
    return behind > first && !is(behind, "AS") ? name_of_column(first, behind) : "";
  }

  /// CASE … ELSE ( SELECT …) END has the name of the query's column; a literal gives it none.
  std::string name_of_case(std::size_t begin, std::size_t end) const {
    std::size_t depth = 0, otherwise = kNone;
    for (std::size_t i = begin; i < end; i = after(i)) {
      if (is(i, "CASE")) ++depth;
      if (is(i, "END")) --depth;
      if (is(i, "ELSE") && depth == 1) otherwise = i + 1;
    }
    if (otherwise == kNone || !is(end - 1, "END")) return {};
    const bool query = tokens_[otherwise].kind == TokenKind::kOpen && is(otherwise + 1, "SELECT");
    return query || is(otherwise, "CASE") ? name_of_column(otherwise, end - 1) : "";
  }

  /// The word COLLATE of (… COLLATE …), or kNone.
  std::size_t collate_in(std::size_t open) const {
    for (std::size_t i = open + 1; i < partner_[open]; i = after(i)) {
      if (is(i, "COLLATE")) return i;
    }
    return kNone;
  }

  /// The name that the parser gives to a column after the type in its cast, as SQL needs it.
  std::string name_of_type(std::size_t begin, std::size_t end) const {
    using Names = std::pair<std::string_view, std::string_view>;
    constexpr std::array<Names, 14> kNames{{{"bit varying", "varbit"},
                                            {"character varying", "\"varchar\""},
                                            {"double precision", "float8"},
                                            {"bigint", "int8"},
                                            {"bit", "\"bit\""},
                                            {"boolean", "bool"},
                                            {"character", "bpchar"},
                                            {"integer", "int4"},
                                            {"interval", "\"interval\""},
                                            {"numeric", "\"numeric\""},
                                            {"real", "float4"},
                                            {"smallint", "int2"},
                                            {"time", "\"time\""},
                                            {"timestamp", "\"timestamp\""}}};
    for (std::size_t i = end; i-- > begin;) {
      if (tokens_[i].kind == TokenKind::kDot) return std::string(word(i + 1));
    }
    const auto text = text_.substr(tokens_[begin].begin, tokens_[end - 1].end - tokens_[begin].begin);
    if (text.ends_with("with time zone")) return std::string(word(begin)) + "tz";
    for (const auto& [type, name] : kNames) {
      if (word(begin) == type || (type.find(' ') != type.npos && text.starts_with(type)))
        return std::string(name);
    }
    return std::string(word(begin));
  }

  std::string edited() {
    // What is put in at a place comes before what is taken away there.
    std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    });
    std::string result;
    std::size_t at = 0;
    for (const auto& edit : edits_) {
      result.append(text_.substr(at, edit.begin - at)).append(edit.insert);
      at = edit.end;
    }
    return result.append(text_.substr(at));
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<std::size_t> partner_;
  std::vector<Edit> edits_;
};

}  // namespace

std::string normal_form(std::string definition) {
  constexpr std::array<std::string_view, 6> kSigns{"ARRAY[(", ") AND ",  ") OR ",
                                                   "SELECT",  "(VALUES", "RETURNING"};
  const bool worth_reading = std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
    return definition.find(sign) != std::string::npos;
  });
  if (!worth_reading) return definition;
  try {
    // What is simplified may be simplified once more: a cast of a cast, for example.
    for (std::string next = Definition(definition).normal(); next != definition;) {
      definition = std::move(next);
      next = Definition(definition).normal();
    }
  } catch (const migrate::LexError&) {
    // It stays as it is.
  }
  return definition;
}

}  // namespace bigocean::sql::drift
