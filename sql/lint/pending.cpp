// Lint of pending files, with what the live database knows.
#include "sql/lint/lint.hpp"

namespace bigocean::sql::lint {

std::vector<Finding> lint_pending(Connection& connection, const std::vector<File>& files,
                                  const Options& options, bool only_errors) {
  if (only_errors) {
    Options pessimistic = options;
    pessimistic.pessimistic = true;
    if (count(lint(files, pessimistic), Level::kError) == 0) return {};
  }
  const auto live = LiveTables::read(connection, files);
  Options with_live = options;
  with_live.live = &live;
  return lint(files, with_live);
}

std::vector<Finding> errors_of_pending(Connection& connection, const std::vector<File>& files,
                                       const std::set<std::string>& let_through, const Options& options) {
  auto findings = lint_pending(connection, files, options, true);
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.level != Level::kError || let_through.contains(finding.path);
  });
  return findings;
}

}  // namespace bigocean::sql::lint
