// How lint findings look: text with carets, GitHub annotations, SARIF.
#pragma once

#include <string>
#include <vector>

#include "sql/lint/lint.hpp"

namespace bigocean::cli {

/// Text for people: place, source line, why, and the safe way. Colour is for terminals.
std::string findings_text(const std::vector<sql::lint::Finding>& findings, bool colour);

/// "2 errors, 1 warning, 0 infos".
std::string findings_summary(const std::vector<sql::lint::Finding>& findings);

/// Workflow commands of GitHub Actions, one line a finding.
std::string findings_github(const std::vector<sql::lint::Finding>& findings);

/// A log of SARIF 2.1.0 (OASIS) with one run.
std::string findings_sarif(const std::vector<sql::lint::Finding>& findings);

/// "1 error", "2 errors".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace bigocean::cli
