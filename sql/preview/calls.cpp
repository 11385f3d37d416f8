// Does a statement call code that may read rows, and decide by them?
#include "sql/preview/calls.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/text.hpp"
#include "sql/drift/reach.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::preview {
namespace {

/// Words that stand in front of a parenthesis and are no functions.
constexpr auto kNoFunctions = std::to_array<std::string_view>(
    {"ALL",    "AND",       "ANY",      "ARRAY",     "AS",      "BETWEEN",      "BY",        "CASE",
     "CAST",   "COALESCE",  "CUBE",     "DISTINCT",  "ELSE",    "EXCEPT",       "EXISTS",    "EXTRACT",
     "FILTER", "FROM",      "GREATEST", "GROUPING",  "IN",      "INTERSECT",    "INTO",      "IS",
     "JOIN",   "LATERAL",   "LEAST",    "LIKE",      "LIMIT",   "MATERIALIZED", "NOT",       "NULLIF",
     "OFFSET", "ON",        "OR",       "OVER",      "OVERLAY", "POSITION",     "RETURNING", "ROLLUP",
     "ROW",    "SELECT",    "SET",      "SETS",      "SOME",    "SUBSTRING",    "THEN",      "TRIM",
     "UNION",  "USING",     "VALUES",   "WHEN",      "WHERE",   "WITH",         "WITHIN",    "CONFLICT",
     "INSERT", "UPDATE",    "INTERVAL", "TIMESTAMP", "TIME",    "NUMERIC",      "DECIMAL",   "VARCHAR",
     "CHAR",   "CHARACTER", "BIT",      "FLOAT"});

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view one) { return base::equals_ignoring_case(word, one); });
}

bool names_a_table(std::string_view before) {
  constexpr auto kInFront = std::to_array<std::string_view>({"INTO", "AS", "WITH", "RECURSIVE"});
  return is_one_of(before, kInFront);
}

bool is_function(std::string_view name) {
  return !is_one_of(name, kNoFunctions) && !drift::is_harmless_function(base::to_lower(name));
}

}  // namespace

bool runs_code(const migrate::Statement& statement, std::string_view text) {
  const std::string_view words = statement.words;
  if (words == "DO" || words.starts_with("DO ") || words.starts_with("CALL")) return true;
  if (statement.kind != migrate::StatementKind::kData) return false;
  // `name (` is a call, unless a table or an alias with its columns stands there: INTO name (…), AS name (…).
  using Kind = migrate::TokenKind;
  migrate::Scanner scanner(text);
  std::string_view name, before_name, last_word;
  bool behind_dot = false;
  for (auto token = scanner.next(); token.kind != Kind::kEnd; token = scanner.next()) {
    const bool is_word = token.kind == Kind::kWord || token.kind == Kind::kQuoted;
    if (token.kind == Kind::kOpen && !name.empty() && !names_a_table(before_name) && is_function(name))
      return true;
    if (is_word) {
      if (!behind_dot) before_name = last_word;  // of a qualified name the last part counts
      name = last_word = scanner.slice(token);
    } else if (token.kind != Kind::kDot) {
      name = last_word = {};
    }
    behind_dot = token.kind == Kind::kDot;
  }
  return false;
}

}  // namespace bigocean::sql::preview
