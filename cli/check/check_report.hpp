// A check's report for people and for machines.
#pragma once

#include <string>

#include "base/check.hpp"

namespace bigocean::cli {

/// Aligned rows, remedies below what needs them, and the verdict with its reason in the last line.
/// `terminal`: marks and colour.
std::string render_report(const base::CheckReport& report, bool terminal);

/// One JSON document as docs/check.schema.json says; `exit_code` is the process's.
std::string report_json(const base::CheckReport& report, int exit_code);

/// `text` with blanks for line ends and control characters, which a server's text may have.
std::string one_line(std::string text);

/// Standard output is a terminal, and NO_COLOR is not set.
bool colour_wanted();

}  // namespace bigocean::cli
