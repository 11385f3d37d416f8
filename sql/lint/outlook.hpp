// What pending files would do to the live database: locks, sizes, blockers, an estimate, a verdict.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lint/file.hpp"
#include "sql/lint/live.hpp"
#include "sql/lint/locks.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::lint {

/// One lock of one statement on a table that is there already.
struct LockOutlook {
  Name table;
  LockMode mode = LockMode::kNone;
  Work work = Work::kNone;
  LiveTable live;
  std::chrono::milliseconds estimate{0};
  std::string basis;  ///< of the estimate: "rewrites 2.0 GB at 40 MB/s"; empty when it is the catalogue only
  std::vector<migrate::Blocker> blockers;  ///< sessions that would make it wait now
};

struct StatementOutlook {
  migrate::Place place;
  std::string words;  ///< the statement's first words: "ALTER TABLE users"
  std::vector<LockOutlook> locks;
  std::string note;  ///< why it was not looked into; else empty
};

enum class Verdict {
  kSafe,        ///< no session waits
  kBriefLock,   ///< readers, writers or other schema changes wait a moment, once the lock is there
  kUnknown,     ///< what a statement does is not known
  kNeedsWindow  ///< readers or writers wait for longer than kBriefLockMax
};
/// "safe", "brief lock", "unknown", "needs a window".
std::string_view verdict_name(Verdict verdict);

inline constexpr std::chrono::milliseconds kBriefLockMax{1000};

struct FileOutlook {
  std::string name;
  std::string path;
  Verdict verdict = Verdict::kSafe;
  std::string reason;                    ///< the statement that decided it, in words
  std::chrono::milliseconds blocked{0};  ///< how long readers or writers of one table wait, estimated
  /// Names that are not there any more afterwards, with their kind: "column app.users.mood". Only where it
  /// was observed.
  std::vector<std::string> gone;
  /// What else is not there any more, of tables that stay: "constraint users_room of app.users".
  std::vector<std::string> dropped;
  std::vector<std::string> failures;         ///< why it would fail on the rows that are there
  std::vector<StatementOutlook> statements;  ///< those that touch what is there, and those with a note
};

struct Outlook {
  std::vector<FileOutlook> files;
  bool observed =
      false;  ///< the files ran in a clone of the schema; else the verdicts follow rules over their text
  std::string why_not;                 ///< why they did not run in a clone
  std::vector<std::string> missing;    ///< of the schema in that clone, each with the reason
  std::vector<std::string> not_asked;  ///< of the live rows, each with the reason
};

/// Asks the statistics views and pg_locks; locks nothing but for a moment's ACCESS SHARE. Throws what
/// Connection does.
Outlook look_ahead(Connection& connection, const std::vector<File>& files);

}  // namespace bigocean::sql::lint
