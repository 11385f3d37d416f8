// A second connection that looks at who blocks the first one, and whom it blocks.
#include "sql/migrate/run/blocker_monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/span.hpp"
#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::chrono::milliseconds kLookTimeout{800};
constexpr std::chrono::seconds kConnectPause{2};
/// Before the first file there is time; later a statement is running that is looked after.
constexpr std::chrono::milliseconds kFirstConnectTimeout{3'000};

/// The columns of make_blockers(), of a pg_stat_activity that is called `a`. A prepared transaction has no
/// row.
constexpr std::string_view kSession =
    "coalesce(a.pid, 0), coalesce(a.application_name, ''), coalesce(a.usename, '?'), "
    "coalesce(host(a.client_addr), "
    "'local'), CASE WHEN a.pid IS NULL THEN 'prepared transaction' WHEN a.backend_type = 'autovacuum worker' "
    "THEN "
    "'autovacuum' ELSE coalesce(a.state, 'unknown') END, coalesce(extract(epoch FROM clock_timestamp() - "
    "coalesce(a.xact_start, a.backend_start))::bigint, 0), coalesce(left(a.query, 200), '')";
/// The first column behind them.
constexpr std::size_t kOwn = 7;

std::optional<std::chrono::milliseconds> milliseconds_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return std::chrono::milliseconds(std::stoll(*text));
}

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

bool BlockerMonitor::connect() {
  if (connection_) return true;
  if (Clock::now() < next_attempt_) return false;
  try {
    ConnectOptions options;
    options.application_name = name_;
    options.timeout = was_connected_ ? kLookTimeout : kFirstConnectTimeout;
    connection_.emplace(Connection::connect(url_, options));
    Connection::Limits limits;
    limits.timeout = kLookTimeout;
    may_hurry_autovacuum_ =
        connection_->execute("SELECT has_parameter_privilege('deadlock_timeout', 'SET')", limits).at(0, 0) ==
        "t";
    if (std::exchange(was_connected_, true)) news_ = "the session that looks who waits is connected again";
    return true;
  } catch (const base::Error& error) {
    // No free connection, or a server too busy to answer: not worth disturbing the migration for.
    connection_.reset();
    next_attempt_ = Clock::now() + kConnectPause;
    why_ = error.message;
    return false;
  }
}

std::string BlockerMonitor::take_news() { return std::exchange(news_, {}); }

std::optional<Rows> BlockerMonitor::ask(const std::string& sql) {
  const base::TraceScope no_spans({});  // of what looks ten times a second
  if (!connect()) return std::nullopt;
  try {
    Connection::Limits limits;
    limits.timeout = kLookTimeout;
    return connection_->execute(sql, limits);
  } catch (const base::Error& error) {
    connection_.reset();
    next_attempt_ = Clock::now() + kConnectPause;
    news_ = "the session that looks who waits was lost: " + error.message;
    return std::nullopt;
  }
}

std::vector<Blocker> BlockerMonitor::blockers(int pid) {
  const auto rows =
      ask(fmt::format("SELECT {} FROM unnest(pg_blocking_pids({})) AS p JOIN pg_stat_activity AS a "
                      "ON a.pid = p ORDER BY a.xact_start",
                      kSession, pid));
  return rows ? make_blockers(*rows) : std::vector<Blocker>{};
}

std::optional<LockHolders> BlockerMonitor::lock_holders(const std::vector<WantedLock>& wanted, int pid) {
  if (!connect()) return std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    names += fmt::format("{}({}, to_regclass({}))", i == 0 ? "" : ",", i,
                         connection_->quote_literal(wanted[i].table));
  // A lock on a partitioned table is one on each partition as well.
  const auto rows = ask(fmt::format(
      "SELECT {}, w.n, l.mode, l.virtualtransaction, (1000 * extract(epoch FROM clock_timestamp() - "
      "a.xact_start))::bigint, CASE WHEN a.state LIKE 'idle in transaction%' THEN (1000 * extract(epoch FROM "
      "clock_timestamp() - a.state_change))::bigint END, "
      // A role without rights sees of an autovacuum only that no user is behind it.
      "a.backend_type IS NOT DISTINCT FROM 'autovacuum worker' OR (a.backend_type IS NULL AND a.pid IS NOT "
      "NULL AND "
      "a.usesysid IS NULL),"
      " c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE'), c.oid"
      " FROM (VALUES {}) AS w(n, oid) JOIN pg_class AS c ON c.oid = w.oid"
      " LEFT JOIN pg_locks AS l ON l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM {} AND"
      " l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND"
      " (l.relation = c.oid OR l.relation IN (SELECT relid FROM pg_partition_tree(c.oid)))"
      " LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid",
      kSession, names, pid));
  if (!rows) return std::nullopt;
  LockHolders found;
  const auto sessions = make_blockers(*rows);
  for (std::size_t i = 0; i < rows->rows.size(); ++i) {
    const auto& row = rows->rows[i];
    const auto lock = static_cast<std::size_t>(std::stoul(rows->at(i, kOwn)));
    if (row[kOwn + 6] == "t") found.may_lock.insert(lock);
    found.oids.emplace(lock, rows->at(i, kOwn + 7));
    if (!row[kOwn + 1]) continue;  // held by no session
    LockHolder holder{sessions[i], lock, lock_mode_of(*row[kOwn + 1]), row[kOwn + 2].value_or(""), {}, {}};
    holder.age = milliseconds_of(row[kOwn + 3]);
    holder.idle = milliseconds_of(row[kOwn + 4]);
    holder.is_autovacuum = row[kOwn + 5] == "t";
    holder.prevents_wraparound = holder.session.query.find("(to prevent wraparound)") != std::string::npos;
    if (holder.session.pid == 0)
      holder.age = std::chrono::hours(1);  // a prepared transaction ends by hand only
    found.holders.push_back(std::move(holder));
  }
  return found;
}

std::optional<WantedLock> BlockerMonitor::awaited_lock(int pid) {
  const auto rows =
      ask(fmt::format("SELECT format('%I.%I', n.nspname, c.relname), l.mode, c.oid FROM pg_locks AS l"
                      " JOIN pg_class AS c ON c.oid = l.relation"
                      " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                      " WHERE l.pid = {} AND NOT l.granted AND l.locktype = 'relation'",
                      pid));
  if (!rows || rows->rows.empty()) return std::nullopt;
  return WantedLock{rows->at(0, 0), lock_mode_of(rows->at(0, 1)), rows->at(0, 2)};
}

std::vector<LockWaiter> BlockerMonitor::waiters(int pid) {
  // VACUUM and ANALYZE wait for a weaker mode first, and no user waits for them.
  const auto rows = ask(fmt::format(
      "SELECT {}, (1000 * extract(epoch FROM clock_timestamp() - w.waitstart))::bigint, w.locktype = "
      "'relation',"
      " CASE WHEN c.oid IS NULL THEN '' ELSE format('%I.%I', n.nspname, c.relname) END,"
      " (SELECT string_agg(g.mode, ',') FROM pg_locks AS g WHERE g.pid = {} AND g.granted AND g.relation = "
      "w.relation)"
      " FROM pg_locks AS w JOIN pg_stat_activity AS a ON a.pid = w.pid LEFT JOIN pg_class AS c ON c.oid = "
      "w.relation"
      " LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE NOT w.granted AND w.locktype IN ('relation', 'transactionid')"
      " AND w.mode <> 'ShareUpdateExclusiveLock' AND a.backend_type IS DISTINCT FROM 'autovacuum worker'"
      " AND a.query !~* '^\\s*(vacuum|analy[sz]e)\\M' AND a.application_name NOT LIKE 'bigocean-migrate/%'"
      " AND {} = ANY(pg_blocking_pids(w.pid)) ORDER BY w.waitstart",
      kSession, pid, pid));
  std::vector<LockWaiter> found;
  if (!rows) return found;
  const auto sessions = make_blockers(*rows);
  for (std::size_t i = 0; i < rows->rows.size(); ++i) {
    const auto& row = rows->rows[i];
    LockWaiter waiter{sessions[i], milliseconds_of(row[kOwn]).value_or(std::chrono::milliseconds(0)),
                      row[kOwn + 1] == "t", rows->at(i, kOwn + 2)};
    if (row[kOwn + 3]) waiter.held = strongest_mode(*row[kOwn + 3]);
    found.push_back(std::move(waiter));
  }
  return found;
}

bool BlockerMonitor::terminate(const LockHolder& holder) {
  const auto rows = ask(
      fmt::format("SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l WHERE l.pid = {} AND "
                  "l.locktype = 'virtualxid' AND l.granted AND l.virtualtransaction = {}",
                  holder.session.pid, connection_ ? connection_->quote_literal(holder.transaction) : "''"));
  return rows && !rows->rows.empty() && rows->at(0, 0) == "t";
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
