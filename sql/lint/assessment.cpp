// From locks and work to a verdict: what one file would do to the sessions of the live database.
#include "sql/lint/assessment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::sql::lint {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSessionsTimeout{10'000};

/// Bytes of a table that a small cloud server processes in a second; an assumption on the low side.
constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::int64_t kScanRate = 200 * kMegabyte;
constexpr std::int64_t kIndexRate = 50 * kMegabyte;
constexpr std::int64_t kRewriteRate = 40 * kMegabyte;

/// Columns as make_blockers wants them, with `first` in front.
std::string session_sql(std::string_view first, std::string_view from) {
  return fmt::format(
      "SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename, '?'), "
      "coalesce(host(a.client_addr), "
      "'local'), coalesce(a.state, 'unknown'), extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, "
      "a.backend_start))::bigint, coalesce(left(a.query, 200), ''), {} FROM {} a.pid <> pg_backend_pid()"
      " AND a.datname = current_database() ORDER BY a.xact_start;",
      first, from);
}

}  // namespace

LiveSessions LiveSessions::read(Connection& connection) {
  Connection::Limits limits;
  limits.timeout = kSessionsTimeout;
  const auto results = connection.execute_all(
      session_sql(
          "l.relation, l.mode",
          "pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'relation' AND l.granted"
          " AND") +
          session_sql(
              "''",
              "pg_stat_activity a WHERE a.xact_start IS NOT NULL AND a.backend_type = 'client backend' AND"),
      limits);
  LiveSessions sessions;
  const auto holders = migrate::make_blockers(results.at(0));
  for (std::size_t i = 0; i < holders.size(); ++i) {
    sessions.of_table_.emplace(std::stoll(results[0].at(i, 7)),
                               Holder{lock_mode_of(results[0].at(i, 8)), holders[i]});
  }
  sessions.with_snapshot_ = migrate::make_blockers(results.at(1));
  return sessions;
}

std::vector<migrate::Blocker> LiveSessions::holders(std::int64_t table, LockMode mode) const {
  std::vector<migrate::Blocker> found;
  const auto [begin, end] = of_table_.equal_range(table);
  for (auto at = begin; at != end; ++at) {
    const auto& [held, blocker] = at->second;
    const bool known = std::any_of(found.begin(), found.end(),
                                   [pid = blocker.pid](const migrate::Blocker& b) { return b.pid == pid; });
    if (conflicts(mode, held) && !known) found.push_back(blocker);
  }
  return found;
}

void estimate(LockOutlook& look) {
  if (look.work == Work::kNone || look.live.empty) return;
  const bool rewrites = look.work == Work::kRewrite || look.work == Work::kRows;
  const std::int64_t bytes = look.live.bytes + (rewrites ? look.live.index_bytes : 0);
  const std::int64_t rate = rewrites ? kRewriteRate : look.work == Work::kIndex ? kIndexRate : kScanRate;
  look.estimate = milliseconds{bytes * 1000 / rate};
  look.basis =
      fmt::format("{} {} at {}/s", look.work == Work::kRows ? "at most, if it changes every row:" : "",
                  base::format_bytes(static_cast<std::uint64_t>(bytes)),
                  base::format_bytes(static_cast<std::uint64_t>(rate)));
  look.basis = std::string(base::trim(look.basis));
}

std::string shown_statement(std::string_view whole) {
  constexpr std::size_t kShown = 60;
  std::string text(whole.substr(0, kShown));
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) text.pop_back();
  return whole.size() > kShown ? text + "…" : text;
}

void Assessment::begin_transaction() {
  waiting_ = milliseconds{0};
  strong_ = false;
}

void Assessment::add(StatementOutlook& statement, LockOutlook look) {
  // A strong lock is kept to the end of its transaction, so all work from then on is waited for.
  strong_ = strong_ || is_strong(look.mode);
  if (strong_) {
    waiting_ += look.estimate;
    result_.blocked = std::max(result_.blocked, waiting_);
    raise(waiting_ > kBriefLockMax ? Verdict::kNeedsWindow : Verdict::kBriefLock,
          fmt::format("{} holds {} on {}", statement.words, lock_mode_name(look.mode), look.table.text()));
  } else if (look.mode > LockMode::kRowExclusive) {
    raise(Verdict::kBriefLock, fmt::format("{} holds {} on {}; reads and writes go on", statement.words,
                                           lock_mode_name(look.mode), look.table.text()));
  }
  const auto told_by = [](const LockOutlook& more, const LockOutlook& less) {
    return more.table.matches(less.table) && less.mode <= more.mode &&
           (less.work == Work::kNone || less.work == more.work);
  };
  auto& locks = statement.locks;
  if (std::any_of(locks.begin(), locks.end(), [&](const auto& other) { return told_by(other, look); }))
    return;
  std::erase_if(locks, [&](const auto& other) { return told_by(look, other); });
  locks.push_back(std::move(look));
}

void Assessment::add_unknown(const StatementOutlook& statement, const std::string& why) {
  raise(Verdict::kUnknown, fmt::format("{}: {}", statement.words, why));
}

void Assessment::add_gone(std::vector<std::string> names, bool said_unused) {
  result_.gone = std::move(names);
  if (result_.gone.empty() || said_unused) return;
  const auto more = result_.gone.size() - 1;
  raise(Verdict::kUnknown,
        fmt::format("whether the version that is running uses {}{} is not known", result_.gone.front(),
                    more == 0 ? "" : fmt::format(" and {} more that the file takes away", more)));
}

void Assessment::raise(Verdict verdict, const std::string& reason) {
  if (verdict <= result_.verdict) return;
  result_.verdict = verdict;
  result_.reason = reason;
}

}  // namespace bigocean::sql::lint
