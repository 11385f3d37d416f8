// The table locks that files will ask for, as far as their text shows them.
#pragma once

#include <vector>

#include "sql/lint/file.hpp"
#include "sql/migrate/run/wanted_lock.hpp"

namespace bigocean::sql::lint {

/// For each file that runs in one transaction the strong locks on tables that its text names, in the order in
/// which the statements come, the strongest mode for each table. What functions, DO blocks and EXECUTE lock
/// is not among them.
migrate::ExpectedLocks expected_locks(const std::vector<File>& files);

}  // namespace bigocean::sql::lint
