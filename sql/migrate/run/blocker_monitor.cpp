// A second connection that looks at what the first one waits for.
#include "sql/migrate/run/blocker_monitor.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::chrono::milliseconds kLookTimeout{800};

}  // namespace

std::string blocker_text(const Blocker& blocker) {
  const auto application =
      blocker.application.empty() ? std::string("no application name") : blocker.application;
  std::string text = fmt::format("pid {} ({}, {}@{}, {} for {})", blocker.pid, application, blocker.user,
                                 blocker.client, blocker.state, blocker.since);
  if (!blocker.query.empty()) text += fmt::format(": {}", blocker.query);
  return text;
}

std::vector<Blocker> make_blockers(const Rows& rows) {
  std::vector<Blocker> blockers;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    Blocker blocker;
    blocker.pid = std::stoi(rows.at(i, 0));
    blocker.application = rows.at(i, 1);
    blocker.user = rows.at(i, 2);
    blocker.client = rows.at(i, 3);
    blocker.state = rows.at(i, 4);
    blocker.since = base::format_elapsed(std::chrono::seconds(std::stoll(rows.at(i, 5))));
    for (const char c : rows.at(i, 6)) blocker.query += c == '\n' || c == '\t' ? ' ' : c;
    blockers.push_back(std::move(blocker));
  }
  return blockers;
}

std::optional<Rows> BlockerMonitor::ask(const std::string& sql) {
  if (gave_up_) return std::nullopt;
  try {
    if (!connection_) {
      ConnectOptions options;
      options.application_name = name_;
      options.timeout = kLookTimeout;
      connection_.emplace(Connection::connect(url_, options));
    }
    Connection::Limits limits;
    limits.timeout = kLookTimeout;
    return connection_->execute(sql, limits);
  } catch (const base::Error&) {
    // No free connection, or a server too busy to answer: the migration must not be disturbed for that.
    connection_.reset();
    gave_up_ = true;
    return std::nullopt;
  }
}

std::vector<Blocker> BlockerMonitor::blockers(int pid) {
  const auto rows = ask(fmt::format(
      "SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename, '?'), "
      "coalesce(host(a.client_addr), 'local'),"
      " coalesce(a.state, 'unknown'), extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, "
      "a.backend_start))::bigint,"
      " coalesce(left(a.query, 200), '')"
      " FROM unnest(pg_blocking_pids({})) AS p JOIN pg_stat_activity AS a ON a.pid = p ORDER BY a.xact_start",
      pid));
  return rows ? make_blockers(*rows) : std::vector<Blocker>{};
}

std::optional<std::string> BlockerMonitor::awaited_standbys(int pid) {
  const auto rows =
      ask(fmt::format("SELECT current_setting('synchronous_standby_names') FROM pg_stat_activity"
                      " WHERE pid = {} AND wait_event = 'SyncRep'",
                      pid));
  if (!rows || rows->rows.empty()) return std::nullopt;
  return rows->at(0, 0);
}

std::optional<std::string> BlockerMonitor::index_progress(int pid) {
  const auto rows =
      ask(fmt::format("SELECT phase, CASE WHEN blocks_total > 0 THEN 100 * blocks_done / blocks_total"
                      " WHEN lockers_total > 0 THEN 100 * lockers_done / lockers_total END"
                      " FROM pg_stat_progress_create_index WHERE pid = {}",
                      pid));
  if (!rows || rows->rows.empty() || !rows->rows[0][0]) return std::nullopt;
  if (!rows->rows[0][1]) return *rows->rows[0][0];
  return fmt::format("{}, {} %", *rows->rows[0][0], *rows->rows[0][1]);
}

}  // namespace bigocean::sql::migrate
