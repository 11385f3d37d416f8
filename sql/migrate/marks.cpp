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

/// Looks at one comment line; `comment` is what stands behind "--", trimmed.
class CommentLine {
 public:
  CommentLine(std::string_view comment, std::size_t line, std::vector<Fault>& faults)
      : comment_(comment), line_(line), faults_(faults) {}

  std::optional<Mark> read() {
    if (comment_.empty()) return std::nullopt;
    const std::size_t name_end = comment_.find_first_of(" \t:=");
    const std::string_view name = comment_.substr(0, name_end);
    const std::string_view rest = name_end == std::string_view::npos ? "" : comment_.substr(name_end);
    if (name == "migrate") return read_migrate(rest);
    if (name == "bigocean") return read_bigocean(rest);
    refuse_near_miss(name, rest);
    for (const auto& foreign : kForeignMarks) {
      if (starts_ignoring_case(comment_, foreign.words)) {
        fault(fmt::format("`-- {}` is a mark of {}; {}", comment_, foreign.tool, kMarkHint));
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<Mark> read_migrate(std::string_view rest) {
    if (rest.starts_with(':')) {
      const std::string_view direction = first_word(rest.substr(1));
      const auto kind = direction == "up" ? Mark::Kind::kUp : Mark::Kind::kDown;
      if (direction == "up" || direction == "down") return mark(kind, rest.substr(1 + direction.size()));
      fault(fmt::format("`-- {}` is no mark; {}", comment_, kMarkHint));
    } else if (const auto word = base::trim(rest); word == "up" || word == "down") {
      fault(fmt::format("`-- {}` is no mark; {}", comment_, kMarkHint));
    }
    return std::nullopt;
  }

  std::optional<Mark> read_bigocean(std::string_view rest) {
    if (rest.starts_with(':')) return mark(Mark::Kind::kOptions, rest.substr(1));
    if (has_option(rest)) fault("write `-- bigocean: key=value`, with a colon behind `bigocean`");
    return std::nullopt;
  }

  /// `-- Migrate:UP`, `-- migrat:down`, `-- bigocaen: retry=3`; but not prose that happens to begin alike.
  void refuse_near_miss(std::string_view name, std::string_view rest) {
    constexpr std::array<std::string_view, 2> kNames{"migrate", "bigocean"};
    const auto near = base::nearest(name, kNames);
    if (!near || !rest.starts_with(':')) return;
    if (*near == "bigocean") {
      if (has_option(rest.substr(1))) fault(fmt::format("unknown `{}:`; did you mean `bigocean:`?", name));
      return;
    }
    const std::string_view direction = first_word(base::trim(rest.substr(1)));
    const std::string_view behind = base::trim(base::trim(rest.substr(1)).substr(direction.size()));
    const bool up_or_down = std::any_of(kDirections.begin(), kDirections.end(), [&](std::string_view word) {
      return base::equals_ignoring_case(word, direction);
    });
    if (up_or_down && (behind.empty() || has_option(behind))) {
      fault(fmt::format("`-- {}` is no mark; {}", comment_, kMarkHint));
    }
  }

  /// Does the first word look like key=value or key:value?
  static bool has_option(std::string_view text) {
    const std::string_view word = first_word(base::trim(text));
    const std::size_t sign = word.find_first_of("=:");
    return sign != std::string_view::npos && sign > 0 && sign + 1 < word.size();
  }

  Mark mark(Mark::Kind kind, std::string_view options) const {
    return {kind, line_, 0, 0, base::trim(options)};
  }
  void fault(std::string text) { faults_.push_back({line_, std::move(text)}); }

  std::string_view comment_;
  std::size_t line_;
  std::vector<Fault>& faults_;
};

}  // namespace

std::vector<Mark> find_marks(std::string_view text, std::vector<Fault>& faults) {
  std::vector<Mark> marks;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::size_t next = std::min(line_end + 1, text.size());
    std::size_t dash = begin;
    while (dash < line_end && (text[dash] == ' ' || text[dash] == '\t')) ++dash;
    if (text.substr(dash, 2) == "--") {
      const std::string_view comment = base::trim(text.substr(dash + 2, line_end - dash - 2));
      if (auto mark = CommentLine(comment, number, faults).read()) {
        mark->begin = begin;
        mark->end = next;
        marks.push_back(*mark);
      }
    }
    begin = next;
  }
  return marks;
}

}  // namespace bigocean::sql::migrate
