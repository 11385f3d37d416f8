// The table locks that a file will ask for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sql/postgres/lock_mode.hpp"

namespace bigocean::sql::migrate {

struct WantedLock {
  std::string table;  ///< as SQL names it: "app.users"
  LockMode mode = LockMode::kNone;
  std::string oid{};  ///< of the table, once the server was asked
};

/// The strong table locks of a file, as far as they are known before it runs.
struct FileLocks {
  std::vector<WantedLock> tables;
  bool at_once = false;  ///< the file does nothing long before the last of them
};

/// Of several files, by path.
using ExpectedLocks = std::map<std::string, FileLocks, std::less<>>;

}  // namespace bigocean::sql::migrate
