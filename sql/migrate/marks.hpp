// Finds the comment lines in a migration that speak to us: marks, option lines, and misspelt ones.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::sql::migrate {

/// What went wrong in a file: a line number (1-based; 0: the whole file) and words for the user.
struct Fault {
  std::size_t line = 0;
  std::string text;
};

/// A comment line that speaks to us. Offsets are bytes into the text; `end` is the start of the next line.
struct Mark {
  enum class Kind { kUp, kDown, kOptions } kind = Kind::kUp;
  std::size_t line = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view options;  ///< what stands behind "migrate:up" or "bigocean:", trimmed
};

/// All of them in order. A line that was meant to be one and is none, or is a mark of another tool, becomes a
/// fault. Costs one pass over the lines.
std::vector<Mark> find_marks(std::string_view text, std::vector<Fault>& faults);

}  // namespace bigocean::sql::migrate
