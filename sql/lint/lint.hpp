// Judges migration files by the rules: what is dangerous on a live database, and the safe way.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lint/file.hpp"
#include "sql/lint/live.hpp"
#include "sql/lint/rule.hpp"

namespace bigocean::sql::lint {

struct Finding {
  const Rule* rule = nullptr;
  Level level = Level::kError;
  std::string path;
  migrate::Place place;   ///< of what is wrong
  std::string excerpt;    ///< its line with a caret below, see migrate::excerpt
  std::string statement;  ///< its text, cut after kStatementBytesShown
  std::string title;      ///< one line: the rule's title with what is special here
  std::string remedy;     ///< SQL to copy
};

inline constexpr std::size_t kStatementBytesShown = 500;

struct Options {
  std::map<std::string_view, Level> levels;  ///< that differ from the rules' own
  const LiveTables* live = nullptr;          ///< null: no database was asked
  /// Each file is judged as if those before it were applied and in use; else they are pending together, and
  /// what one makes is new to the next.
  bool earlier_applied = false;
  /// What only a database could tell counts as the worse answer; to find out whether it has to be asked.
  bool pessimistic = false;
};

/// The jobs' "up" parts.
std::vector<File> read_files(const std::vector<const migrate::Job*>& jobs);

/// Findings in the order of the files. Touches no database.
std::vector<Finding> lint(const std::vector<File>& files, const Options& options);

/// The same for pending files, asking the database about their tables; `only_errors` asks it only when the
/// files alone may be wrong. Throws what Connection does.
std::vector<Finding> lint_pending(Connection& connection, const std::vector<File>& files,
                                  const Options& options, bool only_errors);

/// The errors that stop `up`: those of the pending files whose path is not in `let_through`. Throws what
/// Connection does.
std::vector<Finding> errors_of_pending(Connection& connection, const std::vector<File>& files,
                                       const std::set<std::string>& let_through, const Options& options);

std::size_t count(const std::vector<Finding>& findings, Level level);

}  // namespace bigocean::sql::lint
