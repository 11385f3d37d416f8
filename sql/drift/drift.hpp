// Compares the database with its migrations, and writes its schema as SQL.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "sql/drift/compare.hpp"
#include "sql/migrate/engine.hpp"
#include "sql/migrate/run/report.hpp"

namespace bigocean::sql::drift {

struct Drift {
  std::size_t replayed = 0;
  std::vector<Difference> differences;

  /// True when anything but the order of columns differs.
  bool found() const;
};

/// Replays the applied migrations in a scratch database (on the server of settings.migrate.scratch_url, else
/// on the same one) and compares the result with the database. An edited file is replayed as it is here, a
/// file that is not here from the text that the history kept; pending files are left out. On the database's
/// own server they run as a role that can do nothing outside the scratch database; if that role cannot be
/// made, their text must show that they do nothing outside it. Notes and warnings go to `sink`. Objects that
/// match a pattern of `ignored` are not compared. Throws base::Error(kHistoryConflict) for a half-applied
/// file, (kUsage) for one that cannot be replayed on the same server, and what Engine, Scratch and describe
/// throw.
Drift find_drift(const config::Settings& settings, const migrate::Overview& overview,
                 const std::vector<std::string>& ignored, migrate::Sink& sink,
                 const base::Interrupt* interrupt);

/// The database's schema as SQL. Waits for a server that starts up as settings.migrate.wait says, and reports
/// that to `sink`.
std::string dump(const config::Settings& settings, migrate::Sink& sink, const base::Interrupt* interrupt);

}  // namespace bigocean::sql::drift
