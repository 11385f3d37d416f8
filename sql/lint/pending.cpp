// Lint of pending files, with the eyes of the live database.
#include "sql/lint/lint.hpp"

namespace bigocean::sql::lint {

std::vector<Finding> lint_pending(Connection& connection, const std::vector<File>& files,
                                  const Options& options, bool only_errors) {
  if (only_errors) {
    const auto findings = lint(files, options);
    if (count(findings, Level::kError) == 0) return {};
  }
  const auto live = LiveTables::read(connection, files);
  Options with_live = options;
  with_live.live = &live;
  return lint(files, with_live);
}

}  // namespace bigocean::sql::lint
