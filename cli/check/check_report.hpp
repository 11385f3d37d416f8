// A check's report for people.
#pragma once

#include <string>

#include "base/check.hpp"

namespace bigocean::cli {

/// Aligned rows, remedies below what needs them, and the verdict with its reason in the last line.
/// `terminal`: marks and colour.
std::string render_report(const base::CheckReport& report, bool terminal);

/// `text` with blanks for line ends and control characters, which a server's text may have.
std::string one_line(std::string text);

/// Standard output is a terminal, and NO_COLOR is not set.
bool colour_wanted();

}  // namespace bigocean::cli
