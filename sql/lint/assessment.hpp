// From locks and work to a verdict: what one file would do to the sessions of the live database.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sql/lint/outlook.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::lint {

/// Who holds which table, and who has a snapshot, at one moment.
class LiveSessions {
 public:
  /// One round trip. Throws what Connection does.
  static LiveSessions read(Connection& connection);

  /// Sessions that would make a lock of `mode` on the table wait.
  std::vector<migrate::Blocker> holders(std::int64_t table, LockMode mode) const;
  /// What CONCURRENTLY waits for.
  const std::vector<migrate::Blocker>& with_snapshot() const { return with_snapshot_; }

 private:
  struct Holder {
    LockMode mode;
    migrate::Blocker blocker;
  };
  std::multimap<std::int64_t, Holder> of_table_;
  std::vector<migrate::Blocker> with_snapshot_;
};

/// Estimates how long the lock's work takes on the live table, and says on what basis.
void estimate(LockOutlook& look);

/// The first words of a statement, for a line.
std::string shown_statement(std::string_view text);

/// Collects one file's statements into its outlook.
class Assessment {
 public:
  Assessment(std::string name, std::string path) {
    result_.name = std::move(name);
    result_.path = std::move(path);
  }

  /// Locks are kept to the end of a transaction; so another one starts without.
  void begin_transaction();
  /// Adds a lock of `statement`; of several on one table the strongest is kept, but for those that work
  /// through its rows.
  void add(StatementOutlook& statement, LockOutlook look);
  /// What the statement does is not known, for this reason.
  void add_unknown(const StatementOutlook& statement, const std::string& why);
  /// Names that are gone. Unless the file says that no running version uses them, the verdict is unknown at
  /// best.
  void add_gone(std::vector<std::string> names, bool said_unused);
  void add_dropped(std::vector<std::string> others) { result_.dropped = std::move(others); }
  void add_failures(std::vector<std::string> failures) { result_.failures = std::move(failures); }
  void add(StatementOutlook statement) { result_.statements.push_back(std::move(statement)); }

  FileOutlook take() { return std::move(result_); }

 private:
  void raise(Verdict verdict, const std::string& reason);

  FileOutlook result_;
  std::chrono::milliseconds waiting_{0};
  bool strong_ = false;
};

}  // namespace bigocean::sql::lint
