// The table locks that files will ask for, as far as their text shows them.
#include "sql/lint/wanted_locks.hpp"

#include <algorithm>

#include "sql/lint/locks.hpp"

namespace bigocean::sql::lint {
namespace {

/// Tables that the file makes are locked by nobody else.
std::vector<Name> made_tables(const File& file) {
  std::vector<Name> made;
  for (const auto& read : file.statements) {
    for (const auto& step : read.steps) {
      if (step.action == Action::kCreateTable) made.push_back(step.table);
    }
  }
  return made;
}

migrate::FileLocks locks_of_file(const File& file) {
  migrate::FileLocks found;
  const auto made = made_tables(file);
  bool works_long = false;
  found.at_once = true;
  for (const auto& read : file.statements) {
    // What cannot be read may work for long, and may lock anything.
    bool works_now = read.steps.empty();
    for (const auto& step : read.steps) {
      works_now = works_now || is_open(step.action);
      for (const auto& lock : locks_of(step)) {
        const auto is_it = [&](const Name& name) { return name.matches(lock.table); };
        if (lock.table.empty() || std::any_of(made.begin(), made.end(), is_it)) continue;
        works_now = works_now || lock.work != Work::kNone;
        if (!is_strong(lock.mode)) continue;
        if (works_long) found.at_once = false;
        const auto table = lock.table.text();
        const auto known = std::find_if(found.tables.begin(), found.tables.end(),
                                        [&](const auto& one) { return one.table == table; });
        if (known == found.tables.end()) {
          found.tables.push_back({table, lock.mode});
        } else {
          known->mode = std::max(known->mode, lock.mode);
        }
      }
    }
    works_long = works_long || works_now;
  }
  return found;
}

}  // namespace

migrate::ExpectedLocks expected_locks(const std::vector<File>& files) {
  migrate::ExpectedLocks expected;
  for (const auto& file : files) {
    auto locks = locks_of_file(file);
    if (file.transaction && !locks.tables.empty()) expected.emplace(file.job->path, std::move(locks));
  }
  return expected;
}

}  // namespace bigocean::sql::lint
