// What pending files would do to the live database.
#include "sql/lint/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "sql/lint/context.hpp"
#include "sql/lint/rule.hpp"

namespace bigocean::sql::lint {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHistoryAskTimeout{10'000};

/// Bytes of a table that a small cloud server processes in a second; an assumption on the low side.
constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::int64_t kScanRate = 200 * kMegabyte;
constexpr std::int64_t kIndexRate = 50 * kMegabyte;
constexpr std::int64_t kRewriteRate = 40 * kMegabyte;

/// Sessions by what they hold.
struct Sessions {
  struct Holder {
    LockMode mode;
    migrate::Blocker blocker;
  };
  std::multimap<std::int64_t, Holder> of_table;
  std::vector<migrate::Blocker> with_snapshot;  ///< what CONCURRENTLY waits for
};

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

Sessions ask_sessions(Connection& connection) {
  Connection::Limits limits;
  limits.timeout = kHistoryAskTimeout;
  const auto results = connection.execute_all(
      session_sql(
          "l.relation, l.mode",
          "pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'relation' AND l.granted"
          " AND") +
          session_sql(
              "''",
              "pg_stat_activity a WHERE a.xact_start IS NOT NULL AND a.backend_type = 'client backend' AND"),
      limits);
  Sessions sessions;
  const auto holders = migrate::make_blockers(results.at(0));
  for (std::size_t i = 0; i < holders.size(); ++i) {
    sessions.of_table.emplace(std::stoll(results[0].at(i, 7)),
                              Sessions::Holder{lock_mode_of(results[0].at(i, 8)), holders[i]});
  }
  sessions.with_snapshot = migrate::make_blockers(results.at(1));
  return sessions;
}

std::string first_words(const ReadStatement& read) {
  constexpr std::size_t kShown = 60;
  std::string text(read.text.substr(0, kShown));
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) text.pop_back();
  return read.text.size() > kShown ? text + "…" : text;
}

/// Statements that can lock tables invisibly.
std::string note_of(const ReadStatement& read) {
  if (!read.not_analysed.empty()) return "not analysed: " + read.not_analysed;
  const std::string_view words = read.statement->words;
  const bool block = words == "DO" || words.starts_with("DO ") || words.starts_with("CALL");
  return block ? "what it does is not analysed" : "";
}

/// One file's outlook.
class FileLook {
 public:
  FileLook(const File& file, Context& context, const Sessions& sessions)
      : file_(file), context_(context), sessions_(sessions) {
    result_.name = file.job->migration.name;
    result_.path = file.job->path;
  }

  FileOutlook run() {
    context_.begin_file(file_, false);
    for (std::size_t i = 0; i < file_.statements.size(); ++i) {
      if (i == 0 || file_.transactions[i] != file_.transactions[i - 1]) {
        waiting_ = milliseconds{0};
        strong_ = false;
      }
      context_.begin_statement(file_.transactions[i]);
      look(file_.statements[i]);
    }
    return std::move(result_);
  }

 private:
  void look(const ReadStatement& read) {
    StatementOutlook statement;
    statement.words = first_words(read);
    statement.note = note_of(read);
    for (const auto& step : read.steps) {
      const Scene scene{step, false, read, file_, context_};
      for (const auto& lock : locks_of(step)) {
        if (const auto* live = context_.live(lock.table); live != nullptr && !context_.is_new(lock.table))
          add(statement, scene, lock, *live);
      }
      context_.after(step);
    }
    // A file of data is thousands of the same INSERT.
    const bool told =
        read.steps[0].action == Action::kInsert && !inserted_.insert(read.steps[0].table.text()).second;
    if ((statement.locks.empty() || told) && statement.note.empty()) return;
    statement.place = migrate::place_of(file_.job->source, file_.offset(read, 0));
    result_.statements.push_back(std::move(statement));
  }

  void add(StatementOutlook& statement, const Scene& scene, const Lock& lock, const LiveTable& live) {
    LockOutlook look;
    look.table = lock.table;
    look.mode = lock.mode;
    look.work = leaves_rows(scene) ? Work::kNone : lock.work;
    look.live = live;
    estimate(look);
    look.blockers = blockers(scene.step, lock, live);
    add_verdict(look, statement.words);
    // One line a table, but for what works through its rows.
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

  /// A change of type or NOT NULL that need not look at the rows.
  static bool leaves_rows(const Scene& scene) {
    return (scene.step.action == Action::kAlterColumnType && !alter_column_type(scene)) ||
           (scene.step.action == Action::kSetNotNull && !set_not_null(scene));
  }

  static void estimate(LockOutlook& look) {
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

  std::vector<migrate::Blocker> blockers(const Step& step, const Lock& lock, const LiveTable& live) const {
    if (step.concurrently) return sessions_.with_snapshot;
    std::vector<migrate::Blocker> found;
    const auto [begin, end] = sessions_.of_table.equal_range(live.oid);
    for (auto at = begin; at != end; ++at) {
      const auto& [mode, blocker] = at->second;
      const bool known = std::any_of(found.begin(), found.end(),
                                     [pid = blocker.pid](const migrate::Blocker& b) { return b.pid == pid; });
      if (conflicts(lock.mode, mode) && !known) found.push_back(blocker);
    }
    return found;
  }

  /// A strong lock is kept to the end of its transaction, so all work from then on is waited for.
  void add_verdict(const LockOutlook& look, const std::string& words) {
    strong_ = strong_ || is_strong(look.mode);
    if (!strong_) return;
    waiting_ += look.estimate;
    result_.blocked = std::max(result_.blocked, waiting_);
    const auto verdict = waiting_ > kBriefLockMax ? Verdict::kNeedsWindow : Verdict::kBriefLock;
    if (verdict <= result_.verdict) return;
    result_.verdict = verdict;
    result_.reason = fmt::format("{} holds {} on {}", words, lock_mode_name(look.mode), look.table.text());
  }

  const File& file_;
  Context& context_;
  const Sessions& sessions_;
  FileOutlook result_;
  milliseconds waiting_{0};
  bool strong_ = false;
  std::set<std::string> inserted_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return "safe";
    case Verdict::kBriefLock:
      return "brief lock";
    case Verdict::kNeedsWindow:
      break;
  }
  return "needs a window";
}

Outlook look_ahead(Connection& connection, const std::vector<File>& files) {
  const auto live = LiveTables::read(connection, files);
  const auto sessions = ask_sessions(connection);
  Context context(&live);
  Outlook outlook;
  for (const auto& file : files) outlook.files.push_back(FileLook(file, context, sessions).run());
  return outlook;
}

}  // namespace bigocean::sql::lint
