// What pending files would do to the live database.
#include "sql/lint/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sql/lint/assessment.hpp"
#include "sql/lint/context.hpp"
#include "sql/lint/rule.hpp"

namespace bigocean::sql::lint {
namespace {

/// First words of statements that lock no table of an application, and change no row, whatever they name.
/// What is neither here nor among the steps that are read (statement.hpp) may do anything.
bool touches_no_table(std::string_view words) {
  constexpr auto kHarmless = std::to_array<std::string_view>({"CREATE FUNCTION",
                                                              "CREATE OR REPLACE FUNCTION",
                                                              "CREATE PROCEDURE",
                                                              "CREATE OR REPLACE PROCEDURE",
                                                              "CREATE AGGREGATE",
                                                              "CREATE CAST",
                                                              "CREATE COLLATION",
                                                              "CREATE DOMAIN",
                                                              "CREATE OPERATOR",
                                                              "CREATE ROLE",
                                                              "CREATE SCHEMA",
                                                              "CREATE SEQUENCE",
                                                              "CREATE TEXT SEARCH",
                                                              "CREATE TYPE",
                                                              "CREATE USER",
                                                              "CREATE VIEW",
                                                              "ALTER FUNCTION",
                                                              "ALTER PROCEDURE",
                                                              "ALTER ROLE",
                                                              "ALTER USER",
                                                              "ALTER DEFAULT PRIVILEGES",
                                                              "COMMENT",
                                                              "GRANT",
                                                              "REVOKE",
                                                              "SET",
                                                              "RESET",
                                                              "SHOW",
                                                              "ANALYZE",
                                                              "NOTIFY",
                                                              "LISTEN",
                                                              "DISCARD"});
  return std::any_of(kHarmless.begin(), kHarmless.end(), [&](std::string_view harmless) {
    return words.starts_with(harmless) && (words.size() == harmless.size() || words[harmless.size()] == ' ');
  });
}

/// Why what the statement does is not known; empty: it is.
std::string note_of(const ReadStatement& read) {
  if (!read.not_analysed.empty()) return "not analysed: " + read.not_analysed;
  const std::string_view words = read.statement->words;
  const bool block = words == "DO" || words.starts_with("DO ") || words.starts_with("CALL");
  if (block) return "what it does is not analysed";
  const bool cascades =
      std::any_of(read.steps.begin(), read.steps.end(), [](const Step& step) { return step.cascade; });
  if (cascades) return "CASCADE changes more than its text names";
  const bool is_read = std::any_of(read.steps.begin(), read.steps.end(),
                                   [](const Step& step) { return !is_open(step.action); });
  if (is_read || touches_no_table(words) || read.statement->kind == migrate::StatementKind::kTransaction)
    return "";
  if (words.starts_with("SELECT"))
    return read.text.find('(') == read.text.npos ? "" : "a function may do anything";
  return "no rule says what it does";
}

/// One file's outlook.
class FileLook {
 public:
  FileLook(const File& file, Context& context, const LiveSessions& sessions)
      : file_(file),
        context_(context),
        sessions_(sessions),
        assessment_(file.job->migration.name, std::string(file.job->path)) {}

  FileOutlook run() {
    context_.begin_file(file_, false);
    for (std::size_t i = 0; i < file_.statements.size(); ++i) {
      if (i == 0 || file_.transactions[i] != file_.transactions[i - 1]) assessment_.begin_transaction();
      context_.begin_statement(file_.transactions[i]);
      look(file_.statements[i]);
    }
    return assessment_.take();
  }

 private:
  void look(const ReadStatement& read) {
    StatementOutlook statement;
    statement.words = shown_statement(read.text);
    statement.note = note_of(read);
    if (!statement.note.empty()) assessment_.add_unknown(statement, statement.note);
    for (const auto& step : read.steps) {
      const Scene scene{step, false, read, file_, context_};
      if (takes_used_name(scene))
        assessment_.add_unknown(statement, "whether the version that is running uses it is not known");
      for (const auto& lock : locks_of(step)) {
        const auto* live = context_.live(lock.table);
        if (live == nullptr || context_.is_new(lock.table)) continue;
        add(statement, scene, lock, *live);
        if (step.action == Action::kDropTable && !live->partition_of.empty()) add_parent(statement, *live);
      }
      context_.after(step);
    }
    // A file of data is thousands of the same INSERT.
    const bool told =
        read.steps[0].action == Action::kInsert && !inserted_.insert(read.steps[0].table.text()).second;
    if ((statement.locks.empty() || told) && statement.note.empty()) return;
    statement.place = migrate::place_of(file_.job->source, file_.offset(read, 0));
    assessment_.add(std::move(statement));
  }

  void add(StatementOutlook& statement, const Scene& scene, const Lock& lock, const LiveTable& live) {
    LockOutlook look;
    look.table =
        live.name.name == lock.table.name ? lock.table : live.name;  // else it is an index of that table
    look.mode = lock.mode;
    look.work = leaves_rows(scene) ? Work::kNone : lock.work;
    if (scene.step.action == Action::kAddColumn) {
      const bool leaves =
          context_.rewrite_of(scene.step).empty() && context_.undecided_default(scene.step).empty();
      look.work = leaves ? Work::kNone : Work::kRewrite;
    }
    look.live = live;
    estimate(look);
    look.blockers =
        scene.step.concurrently ? sessions_.with_snapshot() : sessions_.holders(live.oid, lock.mode);
    assessment_.add(statement, std::move(look));
  }

  /// A partition that is dropped is taken out of its table.
  void add_parent(StatementOutlook& statement, const LiveTable& partition) {
    LockOutlook look;
    look.table = partition.partition_of;
    look.mode = LockMode::kAccessExclusive;
    if (const auto* live = context_.live(partition.partition_of); live != nullptr) look.live = *live;
    assessment_.add(statement, std::move(look));
  }

  static bool takes_used_name(const Scene& scene) {
    if (scene.context.is_new(scene.step.table, scene.step.object) || says_unused(scene.file)) return false;
    return std::any_of(rules().begin(), rules().end(),
                       [&](const Rule& rule) { return takes_names(rule) && rule.check(scene); });
  }

  /// A change of type or NOT NULL that need not look at the rows.
  static bool leaves_rows(const Scene& scene) {
    return (scene.step.action == Action::kAlterColumnType && !alter_column_type(scene)) ||
           (scene.step.action == Action::kSetNotNull && !set_not_null(scene));
  }

  const File& file_;
  Context& context_;
  const LiveSessions& sessions_;
  Assessment assessment_;
  std::set<std::string> inserted_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return "safe";
    case Verdict::kBriefLock:
      return "brief lock";
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kNeedsWindow:
      break;
  }
  return "needs a window";
}

Outlook look_ahead(Connection& connection, const std::vector<File>& files) {
  const auto live = LiveTables::read(connection, files);
  const auto sessions = LiveSessions::read(connection);
  Context context(&live);
  Outlook outlook;
  for (const auto& file : files) outlook.files.push_back(FileLook(file, context, sessions).run());
  return outlook;
}

}  // namespace bigocean::sql::lint
