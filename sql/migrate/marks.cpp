// Finds the comment lines in a migration that speak to us.
#include "sql/migrate/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::array<std::string_view, 2> kDirections{"up", "down"};
constexpr std::string_view kMarkHint = "write `-- migrate:up` or `-- migrate:down`";

/// Marks of other tools, as they stand behind the "--". A file that has one and was read as all "up" would
/// run its down part too.
struct ForeignMark {
  std::string_view words;
  std::string_view tool;
};
constexpr std::array<ForeignMark, 5> kForeignMarks{{{"+goose ", "goose"},
                                                    {"+migrate ", "sql-migrate"},
                                                    {"+micrate ", "micrate"},
                                                    {"up migration", "node-pg-migrate"},
                                                    {"down migration", "node-pg-migrate"}}};

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return base::equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t")); }

/// Does the first word look like key=value or key:value?
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

void refuse_mark(const CommentLine& comment, std::vector<Fault>& faults) {
  faults.push_back({comment.line, fmt::format("`-- {}` is no mark; {}", comment.text, kMarkHint)});
}

/// "-- bigocean: key=value"; also what was meant to be one, `-- bigocaen: retry=3`.
std::optional<Mark> read_options_line(const CommentLine& comment, std::vector<Fault>& faults) {
  constexpr std::array<std::string_view, 1> kNames{"bigocean"};
  const std::string_view name = name_of(comment.text);
  const std::string_view rest = comment.text.substr(name.size());
  if (name == "bigocean") {
    if (rest.starts_with(':')) return make_mark(Mark::Kind::kOptions, comment.line, rest.substr(1));
    if (has_option(rest))
      faults.push_back({comment.line, "write `-- bigocean: key=value`, with a colon behind `bigocean`"});
  } else if (rest.starts_with(':') && has_option(rest.substr(1)) && base::nearest(name, kNames)) {
    faults.push_back({comment.line, fmt::format("unknown `{}:`; did you mean `bigocean:`?", name)});
  }
  return std::nullopt;
}

/// `-- Migrate:UP`, `-- migrat:down`; but not prose that happens to begin alike.
void refuse_near_miss(const CommentLine& comment, std::vector<Fault>& faults) {
  constexpr std::array<std::string_view, 1> kNames{"migrate"};
  const std::string_view name = name_of(comment.text);
  const std::string_view rest = comment.text.substr(name.size());
  if (!rest.starts_with(':') || !base::nearest(name, kNames)) return;
  const std::string_view behind = base::trim(rest.substr(1));
  const std::string_view direction = first_word(behind);
  const std::string_view options = base::trim(behind.substr(direction.size()));
  const bool up_or_down = std::any_of(kDirections.begin(), kDirections.end(), [&](std::string_view word) {
    return base::equals_ignoring_case(word, direction);
  });
  if (up_or_down && (options.empty() || has_option(options))) refuse_mark(comment, faults);
}

std::optional<Mark> read_native(const CommentLine& comment, std::vector<Fault>& faults) {
  const std::string_view name = name_of(comment.text);
  if (name != "migrate") {
    refuse_near_miss(comment, faults);
    for (const auto& foreign : kForeignMarks) {
      if (starts_ignoring_case(comment.text, foreign.words)) {
        faults.push_back({comment.line,
                          fmt::format("`-- {}` is a mark of {}; {}", comment.text, foreign.tool, kMarkHint)});
      }
    }
    return std::nullopt;
  }
  const std::string_view rest = comment.text.substr(name.size());
  const bool has_colon = rest.starts_with(':');
  const std::string_view direction = has_colon ? first_word(rest.substr(1)) : base::trim(rest);
  const bool is_direction = direction == "up" || direction == "down";
  if (has_colon && is_direction) {
    return make_mark(direction == "up" ? Mark::Kind::kUp : Mark::Kind::kDown, comment.line,
                     rest.substr(1 + direction.size()));
  }
  if (has_colon || is_direction) refuse_mark(comment, faults);
  return std::nullopt;
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
      comment = CommentLine{base::trim(text.substr(dash + 2, line_end - dash - 2)), number};
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
    auto mark = read_options_line(*comment, faults);
    if (!mark) mark = dialect.read(*comment, faults);
    if (mark) {
      mark->begin = begin;
      mark->end = next;
      marks.push_back(*mark);
    }
    return true;
  });
  return marks;
}

std::string_view mark_at_head(std::string_view text, const Dialect& dialect) {
  std::string_view found;
  std::vector<Fault> ignored;
  each_line(text, [&](const std::optional<CommentLine>& comment, std::size_t begin, std::size_t next) {
    const std::string_view line = base::trim(text.substr(begin, next - begin));
    if (comment && dialect.read(*comment, ignored)) found = line;
    return found.empty() && (comment || line.empty());
  });
  return found;
}

}  // namespace bigocean::sql::migrate
