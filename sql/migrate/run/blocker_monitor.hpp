// A second connection that looks at what the first one waits for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "sql/migrate/run/report.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::migrate {

/// Opened at first use, while the engine's own connection is busy in the server. Looking must never harm the
/// work: short limits, and a failure to look is just an empty answer.
class BlockerMonitor {
 public:
  BlockerMonitor(config::Secret url, std::string application_name)
      : url_(std::move(url)), name_(std::move(application_name)) {}

  /// The sessions that block server process `pid` at this moment.
  std::vector<Blocker> blockers(int pid);

  /// "building index: loading tuples in tree, 42 %" for a CREATE INDEX or REINDEX of `pid`, if it runs one.
  std::optional<std::string> index_progress(int pid);
  /// The setting synchronous_standby_names, where session `pid` waits for such a standby to confirm its
  /// commit.
  std::optional<std::string> awaited_standbys(int pid);

 private:
  std::optional<Rows> ask(const std::string& sql);

  config::Secret url_;
  std::string name_;
  std::optional<Connection> connection_;
  bool gave_up_ = false;
};

/// Makes blockers of rows of (pid, application, user, client, state, age in seconds, query).
std::vector<Blocker> make_blockers(const Rows& rows);

}  // namespace bigocean::sql::migrate
