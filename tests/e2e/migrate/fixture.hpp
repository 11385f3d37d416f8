// Shared by the migration tests: a database, a folder of files, and the real binary.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {

using Rows = std::vector<std::vector<std::string>>;
using Arguments = std::vector<std::string>;

/// Picks the session of a running `migrate` out of pg_stat_activity (not the one that watches it).
inline const std::string kRunner =
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'bigocean-migrate/%'"
    " AND application_name NOT LIKE '% watch'";

/// Counts the migration locks held in the current database (other tests' may be on the same server).
inline const std::string kLocksHeld =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// A new, empty database and an empty folder. The servers must outlive it.
class Scene {
 public:
  explicit Scene(PrivatePostgres& postgres = shared_postgres());

  /// Writes FOLDER/name; the name has its ".sql".
  void file(const std::string& name, const std::string& text) const { folder_.write(name, text); }
  void remove(const std::string& name) const;
  const std::string& folder() const { return folder_.path(); }
  std::string read(const std::string& name) const;

  /// `bigocean migrate ARGUMENTS --dir FOLDER` on this database, to its end; `dump` has no --dir.
  Finished migrate(const Arguments& arguments = {}) const;
  /// The same, left running.
  Process start(const Arguments& arguments = {}) const;

  /// SQL on this database; the last statement's rows, or its first cell.
  Rows rows(const std::string& sql) const { return query(url, sql); }
  std::string value(const std::string& sql) const { return rows(sql).at(0).at(0); }
  /// Waits, at most 30 s, until the SQL expression is true.
  void wait_for(const std::string& condition) const;
  /// Waits until a running `migrate` sleeps in pg_sleep.
  void wait_for_sleep() const { wait_for("EXISTS (SELECT " + kRunner + " AND wait_event = 'PgSleep')"); }
  /// Names in the history, in the order in which they were applied, with blanks between; half done ones too.
  std::string history() const;
  bool has_table(const std::string& name) const;
  /// All that a command could change: the catalogue, row by row with who wrote each row last; the history;
  /// the sessions' locks; the folder's files. Two equal texts: nothing was written in between.
  std::string fingerprint() const;

  std::string url;
  std::map<std::string, std::string> environment;  ///< DATABASE_URL is there from the start

 private:
  ProcessOptions options() const;
  Arguments command(const Arguments& arguments) const;
  TempDir folder_, working_folder_;
};

/// A statement that sleeps for ten minutes while the table `slow`, which the test makes, is there and has a
/// row.
inline const std::string kSleepWhileSlow = "SELECT pg_sleep(600) FROM slow;\n";

bool contains(const std::string& text, const std::string& part);
std::size_t count_of(const std::string& text, const std::string& part);
/// Both streams, for messages of failed checks.
std::string said(const Finished& done);
/// Standard output of a --json call, parsed; throws when it is not one document.
nlohmann::json document(const Finished& done);

}  // namespace bigocean::test
