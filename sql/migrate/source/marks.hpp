// Finds the comment lines in a migration that are for bigocean: marks, option lines, and misspelt ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::sql::migrate {

/// What went wrong in a file: a line number (1-based; 0: the whole file) and words for the user.
struct Fault {
  std::size_t line = 0;
  std::string text;
};

/// A comment line that is for bigocean. Offsets are bytes into the text; `end` is the start of the next line.
struct Mark {
  /// kNoTransaction: another tool's way to say transaction:false, for both parts.
  enum class Kind { kUp, kDown, kOptions, kNoTransaction } kind = Kind::kUp;
  std::size_t line = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view options;  ///< what follows "migrate:up" or "bigocean:", trimmed
};

/// A line that starts with "--", white space before it allowed.
struct CommentLine {
  std::string_view text;   ///< what follows the "--", trimmed
  std::size_t line = 0;    ///< 1-based
  std::string_view whole;  ///< the line as it stands, without its end

  bool is_indented() const { return !whole.starts_with("--"); }
};

/// How one tool marks the parts of a file.
struct Dialect {
  std::string_view up;    ///< "-- migrate:up", for messages; empty: no marks, the whole file is one part
  std::string_view down;  ///< "-- migrate:down"
  bool needs_up = false;  ///< a file without `up` is a fault, not all up
  /// The mark in a line, if it has one (its `kind` and `options`); what is wrong with it becomes a fault.
  std::optional<Mark> (*read)(const CommentLine& comment, std::vector<Fault>& faults);
  /// True for a mark as the tool itself writes it, if `read` takes looser ones: only such a mark identifies
  /// the tool. Null: what `read` takes.
  bool (*is_typical)(const CommentLine& comment) = nullptr;
  /// The first mark of a kind counts, others are comments, and the parts may come in any order.
  bool first_counts = false;
};

/// Our own marks, which are also dbmate's. A line that was meant to be a mark and is not is a fault.
extern const Dialect kNativeDialect;
/// No marks.
extern const Dialect kPlainDialect;

/// All marks in order, with the "-- bigocean:" lines that any dialect may have. Costs one pass over the
/// lines. A line inside a string, a block comment or parentheses is not reported as a misspelt mark.
std::vector<Mark> find_marks(std::string_view text, const Dialect& dialect, std::vector<Fault>& faults);

/// Marks of other tools in a file that is read in our own format: read as all "up" it would run its down
/// part, too.
std::vector<Fault> find_foreign_marks(std::string_view text);

/// The first comment line of the text that `dialect` takes for a typical mark, as it stands there, if nothing
/// but comments and blank lines stand above it; else empty. Reads no further than that.
std::string_view mark_at_head(std::string_view text, const Dialect& dialect);

}  // namespace bigocean::sql::migrate
