// An INSERT of one row of literals, read so that it can run with parameters, and many alike as one.
#include "sql/migrate/run/literal_insert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include "sql/migrate/source/classify.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::migrate {
namespace {

/// The type that PostgreSQL's parser gives a number with its sign (make_const in parse_node.c), or nothing
/// for one written in a way that not every version reads alike: 0x1F, 1_000, 1e5.
std::optional<std::string_view> type_of_number(std::string_view number) {
  const auto digits = number.substr(number.starts_with('-') ? 1 : 0);
  if (digits.find_first_not_of("0123456789.") != digits.npos || std::ranges::count(digits, '.') > 1)
    return std::nullopt;
  std::int64_t value = 0;
  const auto* end = number.data() + number.size();
  if (const auto read = std::from_chars(number.data(), end, value); read.ec != std::errc{} || read.ptr != end)
    return "numeric";
  using Int = std::numeric_limits<std::int32_t>;
  return value >= Int::min() && value <= Int::max() ? "int4" : "int8";
}

/// What a string in plain quotes means: a quote in it is doubled.
std::string unquoted(std::string_view quoted) {
  std::string_view rest = quoted.substr(1, quoted.size() - 2);
  std::string text;
  for (auto quote = rest.find('\''); quote != rest.npos; quote = rest.find('\'')) {
    text += rest.substr(0, quote + 1);
    rest.remove_prefix(quote + 2);
  }
  return text += rest;
}

class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text), scanner_(text) {}

  std::optional<LiteralInsert> read() {
    if (!word("INSERT") || !word("INTO") || !read_head()) return std::nullopt;
    do {
      if (!read_value()) return std::nullopt;
    } while (token_.kind == TokenKind::kComma);
    if (token_.kind != TokenKind::kClose) return std::nullopt;
    next();
    if (token_.kind == TokenKind::kEnd || token_.kind == TokenKind::kSemicolon) return std::move(insert_);
    // With another row or a UNION the server finds the types of the values in other ways.
    if (!is_word(scanner_.slice(token_), "ON") && !is_word(scanner_.slice(token_), "RETURNING"))
      return std::nullopt;
    insert_.tail = text_.substr(token_.begin, text_.find_last_not_of(';') + 1 - token_.begin);
    return std::move(insert_);
  }

 private:
  void next() { token_ = scanner_.next(); }

  bool word(std::string_view upper) {
    next();
    return token_.kind == TokenKind::kWord && is_word(scanner_.slice(token_), upper);
  }

  /// From the table's name to the parenthesis behind VALUES.
  bool read_head() {
    next();
    const auto name_begin = token_.begin;
    auto name_end = name_begin;
    for (; is_of_name(); next()) {
      name_end = token_.end;
      next();
      if (token_.kind != TokenKind::kDot) break;
    }
    insert_.table = text_.substr(name_begin, name_end - name_begin);
    for (; !(token_.kind == TokenKind::kWord && is_word(scanner_.slice(token_), "VALUES")); next()) {
      const bool of_target = is_of_name() || token_.kind == TokenKind::kComma ||
                             token_.kind == TokenKind::kOpen || token_.kind == TokenKind::kClose;
      if (!of_target || is_word(scanner_.slice(token_), "SELECT")) return false;
    }
    insert_.head = text_.substr(0, token_.end);
    next();
    return !insert_.table.empty() && token_.kind == TokenKind::kOpen;
  }

  bool is_of_name() const { return token_.kind == TokenKind::kWord || token_.kind == TokenKind::kQuoted; }

  /// One literal, and the token behind it.
  bool read_value() {
    next();
    const bool negative = token_.kind == TokenKind::kOther && scanner_.slice(token_) == "-";
    if (negative) next();
    const auto text = scanner_.slice(token_);
    LiteralInsert::Value value;
    if (token_.kind == TokenKind::kNumber) {
      value.text = (negative ? "-" : "") + std::string(text);
      const auto type = type_of_number(*value.text);
      if (!type) return false;
      value.type = *type;
    } else if (negative) {
      return false;
    } else if (token_.kind == TokenKind::kString && text.starts_with('\'')) {
      value.text = unquoted(text);
    } else if (token_.kind != TokenKind::kWord) {
      return false;
    } else if (is_word(text, "TRUE") || is_word(text, "FALSE")) {
      value.text = text;
      value.type = "bool";
    } else if (is_word(text, "DEFAULT")) {
      value.is_default = true;
    } else if (!is_word(text, "NULL")) {
      return false;
    }
    insert_.values.push_back(std::move(value));
    next();
    return token_.kind == TokenKind::kComma || token_.kind == TokenKind::kClose;
  }

  std::string_view text_;
  Scanner scanner_;
  Token token_;
  LiteralInsert insert_;
};

}  // namespace

std::optional<LiteralInsert> read_literal_insert(std::string_view statement) {
  return LiteralReader(statement).read();
}

bool joins(const LiteralInsert& row, LiteralInsert& next) {
  if (row.head != next.head || row.values.size() != next.values.size()) return false;
  if (!row.tail.empty() || !next.tail.empty()) return false;
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    auto& value = next.values[i];
    if (!value.text && !value.is_default) value.type = row.values[i].type;
    if (value.type != row.values[i].type || value.is_default != row.values[i].is_default) return false;
  }
  return true;
}

sql::Query with_parameters(std::span<const LiteralInsert> rows) {
  sql::Query statement;
  auto& sql = statement.sql;
  sql = rows.front().head;
  for (const auto& row : rows) {
    char before = &row == &rows.front() ? ' ' : ',';
    sql += before;
    before = '(';
    for (const auto& value : row.values) {
      sql += before;
      before = ',';
      if (value.is_default) {
        sql += "DEFAULT";
        continue;
      }
      statement.parameters.push_back(value.text);
      sql += '$';
      sql += std::to_string(statement.parameters.size());
      if (!value.type.empty()) (sql += "::") += value.type;
    }
    sql += ')';
  }
  (sql += ' ') += rows.back().tail;
  return statement;
}

std::string_view interval_units_sql() {
  return "SELECT FROM pg_catalog.pg_attribute WHERE atttypid = 'pg_catalog.interval'::pg_catalog.regtype"
         " AND atttypmod >= 0 UNION ALL SELECT FROM pg_catalog.pg_type"
         " WHERE typbasetype = 'pg_catalog.interval'::pg_catalog.regtype AND typtypmod >= 0 LIMIT 1";
}

std::string rows_are_independent_sql(std::string_view name) {
  // What comes with the server is not in pg_depend: a function or an operator there is user-defined.
  return fmt::format(
      "SELECT FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass({}) AND relkind = 'r'"
      " AND NOT relhasrules AND NOT relrowsecurity"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = c.oid AND confrelid = c.oid)"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
      " WHERE a.attrelid = c.oid AND t.typtype = 'd')"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
      " WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,"
      " 'pg_catalog.pg_operator'::pg_catalog.regclass) AND (d.classid, d.objid) IN ("
      "SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::oid, oid FROM pg_catalog.pg_attrdef"
      " WHERE adrelid = c.oid UNION ALL "
      "SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid, oid FROM pg_catalog.pg_constraint"
      " WHERE conrelid = c.oid UNION ALL "
      "SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, indexrelid FROM pg_catalog.pg_index"
      " WHERE indrelid = c.oid))",
      name);
}

}  // namespace bigocean::sql::migrate
