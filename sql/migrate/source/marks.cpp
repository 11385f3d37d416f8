// Finds the comment lines in a migration that are for bigocean.
#include "sql/migrate/source/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "sql/migrate/source/lexer.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::array<std::string_view, 2> kDirections{"up", "down"};
constexpr std::string_view kMarkHint = "write `-- migrate:up` or `-- migrate:down`";

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return base::equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t")); }

/// True if the first word looks like key=value or key:value.
bool has_option(std::string_view text) {
  const std::string_view word = first_word(base::trim(text));
  const std::size_t sign = word.find_first_of("=:");
  return sign != std::string_view::npos && sign > 0 && sign + 1 < word.size();
}

std::string_view name_of(std::string_view comment) {
  return comment.substr(0, comment.find_first_of(" \t:="));
}

Mark make_mark(Mark::Kind kind, std::size_t line, std::string_view options) {
  return {kind, line, 0, 0, base::trim(options)};
}

/// "-- bigocean: key=value"; also what was meant to be one, `-- bigocaen: retry=3`.
std::optional<Mark> read_options_line(const CommentLine& comment, std::vector<Fault>& faults) {
  constexpr std::array<std::string_view, 1> kNames{"bigocean"};
  const std::string_view name = name_of(comment.text);
  const std::string_view rest = comment.text.substr(name.size());
  if (name == "bigocean") {
    if (rest.starts_with(':')) return make_mark(Mark::Kind::kOptions, comment.line, rest.substr(1));
    if (has_option(rest))
      faults.push_back({comment.line, "write `-- bigocean: key=value`, with a colon after `bigocean`"});
  } else if (rest.starts_with(':') && has_option(rest.substr(1)) && base::nearest(name, kNames)) {
    faults.push_back({comment.line, fmt::format("unknown `{}:`; did you mean `bigocean:`?", name)});
  }
  return std::nullopt;
}

bool is_direction(std::string_view word) {
  return std::any_of(kDirections.begin(), kDirections.end(),
                     [&](std::string_view direction) { return base::equals_ignoring_case(direction, word); });
}

/// `-- Migrate:UP`, `-- migrat:down`, `-- migrate: up`, `-- migrate up`, `-- migrate:upp`;
/// but not prose that happens to begin alike.
bool is_near_miss(std::string_view comment) {
  constexpr std::array<std::string_view, 1> kNames{"migrate"};
  const std::string_view name = name_of(comment);
  std::string_view rest = comment.substr(name.size());
  if (!rest.starts_with(':')) return name == "migrate" && is_direction(base::trim(rest));
  if (!base::nearest(name, kNames)) return false;
  rest.remove_prefix(1);
  if (base::trim(rest).empty()) return name == "migrate";
  const std::string_view direction = first_word(base::trim(rest));
  const std::string_view options = base::trim(base::trim(rest).substr(direction.size()));
  const bool misspelt = direction.data() == rest.data() &&
                        (base::nearest(direction, kDirections) || (name == "migrate" && options.empty()));
  return (is_direction(direction) || misspelt) && (options.empty() || has_option(options));
}

/// Exactly this. An indented one is not a mark to dbmate, which refuses the file; here it counts, but not in
/// a string.
std::optional<Mark> read_native(const CommentLine& comment, std::vector<Fault>& faults) {
  constexpr std::string_view kName = "migrate:";
  if (comment.text.starts_with(kName)) {
    const std::string_view words = comment.text.substr(kName.size());
    const std::string_view direction = first_word(words);
    if (direction == "up" || direction == "down") {
      return make_mark(direction == "up" ? Mark::Kind::kUp : Mark::Kind::kDown, comment.line,
                       words.substr(direction.size()));
    }
  }
  if (is_near_miss(comment.text))
    faults.push_back({comment.line, fmt::format("`-- {}` is not a mark; {}", comment.text, kMarkHint)});
  return std::nullopt;
}

/// True if the place is inside a string, a comment /* or parentheses.
bool is_inside(std::string_view text, std::size_t place) {
  const std::string_view before = text.substr(0, place);
  try {
    const Script script = lex(before);
    if (script.statements.empty() || before[script.statements.back().end - 1] == ';') return false;
    Scanner scanner(before, script.statements.back().begin);
    int depth = 0;
    for (Token token = scanner.next(); token.kind != TokenKind::kEnd; token = scanner.next()) {
      if (token.kind == TokenKind::kOpen) ++depth;
      if (token.kind == TokenKind::kClose) --depth;
    }
    return depth > 0;
  } catch (const LexError&) {
    return true;
  }
}

/// "up" for `Up Migration`, with more behind it in `rest`; else empty.
std::string_view migration_direction(std::string_view comment, std::string_view& rest) {
  constexpr std::string_view kMigration = "migration";
  const std::string_view direction = first_word(comment);
  rest = base::trim(comment.substr(direction.size()));
  if (!is_direction(direction) || !starts_ignoring_case(rest, kMigration)) return {};
  rest = base::trim(rest.substr(kMigration.size()));
  return direction;
}

/// The tool that writes exactly this as a mark; else empty.
std::string_view tool_of_mark(std::string_view comment) {
  struct Prefix {
    std::string_view words, tool;
  };
  constexpr std::array<Prefix, 3> kPrefixes{
      {{"+goose ", "goose"}, {"+migrate ", "sql-migrate"}, {"+micrate ", "micrate"}}};
  for (const auto& [words, tool] : kPrefixes) {
    if (!starts_ignoring_case(comment, words)) continue;
    const std::string_view rest = base::trim(comment.substr(words.size()));
    const std::string_view more = base::trim(rest.substr(first_word(rest).size()));
    if (is_direction(first_word(rest)) && (more.empty() || more == "notransaction")) return tool;
  }
  std::string_view rest;
  return migration_direction(comment, rest).empty() || !rest.empty() ? "" : "node-pg-migrate";
}

std::optional<Mark> read_nothing(const CommentLine&, std::vector<Fault>&) { return std::nullopt; }

/// Calls `look` with every line: its comment, if it is one, where it begins, and where the next one does.
/// Stops when `look` returns false.
template <typename Look>
void each_line(std::string_view text, Look look) {
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::size_t next = std::min(line_end + 1, text.size());
    std::size_t dash = begin;
    while (dash < line_end && (text[dash] == ' ' || text[dash] == '\t')) ++dash;
    std::optional<CommentLine> comment;
    if (text.substr(dash, 2) == "--")
      comment = CommentLine{base::trim(text.substr(dash + 2, line_end - dash - 2)), number,
                            text.substr(begin, line_end - begin)};
    if (!look(comment, begin, next)) return;
    begin = next;
  }
}

}  // namespace

const Dialect kNativeDialect{"-- migrate:up", "-- migrate:down", false, read_native};
const Dialect kPlainDialect{"", "", false, read_nothing};

std::vector<Mark> find_marks(std::string_view text, const Dialect& dialect, std::vector<Fault>& faults) {
  std::vector<Mark> marks;
  each_line(text, [&](const std::optional<CommentLine>& comment, std::size_t begin, std::size_t next) {
    if (!comment || comment->text.empty()) return true;
    const std::size_t known = faults.size();
    auto mark = read_options_line(*comment, faults);
    if (!mark) mark = dialect.read(*comment, faults);
    const bool loose = mark && (mark->kind == Mark::Kind::kOptions ||
                                (&dialect == &kNativeDialect && comment->is_indented()));
    if ((loose || faults.size() > known) && is_inside(text, begin)) {
      faults.resize(known);
      return true;
    }
    if (mark) {
      mark->begin = begin;
      mark->end = next;
      marks.push_back(*mark);
    }
    return true;
  });
  return marks;
}

std::vector<Fault> find_foreign_marks(std::string_view text) {
  std::vector<Fault> faults;
  std::vector<Fault> loose;  // that node-pg-migrate would take, and prose may be
  bool up = false;
  bool down = false;
  const auto say = [](const CommentLine& comment, std::string_view tool) {
    return Fault{comment.line, fmt::format("`-- {}` is a mark of {}; {}", comment.text, tool, kMarkHint)};
  };
  each_line(text, [&](const std::optional<CommentLine>& comment, std::size_t begin, std::size_t) {
    if (!comment) return true;
    std::string_view rest;
    const auto tool = tool_of_mark(comment->text);
    const auto direction = migration_direction(comment->text, rest);
    if ((tool.empty() && direction.empty()) || is_inside(text, begin)) return true;
    (tool.empty() ? loose : faults).push_back(say(*comment, "node-pg-migrate"));
    if (!tool.empty()) faults.back() = say(*comment, tool);
    up = up || base::equals_ignoring_case(direction, "up");
    down = down || base::equals_ignoring_case(direction, "down");
    return true;
  });
  if (up && down) faults.insert(faults.end(), loose.begin(), loose.end());
  return faults;
}

std::string_view mark_at_head(std::string_view text, const Dialect& dialect) {
  std::string_view found;
  std::vector<Fault> ignored;
  each_line(text, [&](const std::optional<CommentLine>& comment, std::size_t begin, std::size_t next) {
    const std::string_view line = base::trim(text.substr(begin, next - begin));
    if (comment && (dialect.is_typical != nullptr ? dialect.is_typical(*comment)
                                                  : dialect.read(*comment, ignored).has_value()))
      found = line;
    return found.empty() && (comment || line.empty());
  });
  return found;
}

}  // namespace bigocean::sql::migrate
