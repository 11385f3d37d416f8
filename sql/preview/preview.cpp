// Tries pending files in a clone of the live schema, and says what the server did.
#include "sql/preview/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "sql/drift/server_wide.hpp"
#include "sql/lint/assessment.hpp"
#include "sql/lint/rule.hpp"
#include "sql/preview/calls.hpp"
#include "sql/preview/clone.hpp"
#include "sql/preview/concurrent.hpp"
#include "sql/preview/data_questions.hpp"
#include "sql/preview/names.hpp"
#include "sql/preview/observation.hpp"

namespace bigocean::sql::preview {
namespace {

using migrate::StatementKind;

constexpr std::chrono::milliseconds kStatementTimeout{30'000};
/// A file of data is thousands of the same INSERT: what the first ones do says what the others do.
constexpr std::size_t kSameDataMax = 3;

bool writes_rows(const migrate::Statement& statement) {
  const std::string_view words = statement.words;
  return words.starts_with("INSERT") || words.starts_with("UPDATE") || words.starts_with("DELETE") ||
         words.starts_with("MERGE") || words.starts_with("WITH");
}

/// Why a statement is not run in the clone; empty: it is.
std::string why_not_run(const migrate::Statement& statement, std::string_view text) {
  const std::string_view words = statement.words;
  if (statement.kind == StatementKind::kCopyFromStdin) return "";
  if (drift::is_server_wide(text, words)) return "it changes more than its database, so it was not tried";
  if (words.starts_with("CREATE SERVER") || words.starts_with("ALTER SERVER") ||
      words.starts_with("CREATE USER MAPPING") || words.starts_with("ALTER USER MAPPING"))
    return "it leads to another server, so it was not tried";
  return "";
}

/// Whether a file may take something away: by what it says, or by what its text does not show. Others need
/// not be compared with the catalogue before them, which costs more than they do.
bool may_take_away(const lint::File& file) {
  using enum lint::Action;
  constexpr auto kTaking = std::to_array<lint::Action>(
      {kChangeOther, kChangeRowSecurity, kDropColumn, kDropConstraint, kDropIndex, kDropObject, kDropOwned,
       kDropRule, kDropTable, kDropTrigger, kOther, kRenameColumn, kRenameEnumValue, kRenameIndex,
       kRenameObject, kRenameTable, kSetSchema});
  return std::any_of(file.statements.begin(), file.statements.end(), [&](const lint::ReadStatement& read) {
    return !read.not_analysed.empty() ||
           std::any_of(read.steps.begin(), read.steps.end(), [&](const lint::Step& step) {
             return std::find(kTaking.begin(), kTaking.end(), step.action) != kTaking.end();
           });
  });
}

/// A trigger or rule of the table that runs when rows are written: it did not run for rows that the clone
/// does not have. Empty: there is none.
std::string code_on_write(Connection& connection, const Effect& effect) {
  const auto table = connection.quote_literal(connection.quote_identifier(effect.schema) + "." +
                                              connection.quote_identifier(effect.name));
  const auto rows = connection.execute(
      fmt::format("SELECT 'trigger ' || quote_ident(tgname) FROM pg_trigger WHERE tgrelid = {0}::regclass "
                  "AND NOT tgisinternal"
                  " AND tgenabled <> 'D' UNION ALL SELECT 'rule ' || quote_ident(rulename) FROM pg_rewrite"
                  " WHERE ev_class = {0}::regclass AND ev_type <> '1' LIMIT 1",
                  table));
  return rows.rows.empty() ? std::string{} : rows.at(0, 0);
}

class Trial {
 public:
  Trial(Clone& clone, Connection& live)
      : clone_(clone), live_(live), sessions_(lint::LiveSessions::read(live)) {
    for (const auto& [oid, relation] : take_snapshot(clone_.connection(), kAllRelations))
      existing_.insert(oid);
    demands_ = read_demands(clone_.connection());
  }

  lint::FileOutlook run(const lint::File& file) {
    lint::Assessment assessment(file.job->migration.name, std::string(file.job->path));
    assessment_ = &assessment;
    file_ = &file;
    inserted_.clear();
    auto& connection = clone_.connection();
    connection.execute("DISCARD ALL");  // not what an earlier file has set
    const bool may_take = may_take_away(file);
    if (may_take && !names_) names_ = names_in_both(read_names(connection), read_names(live_));
    const bool whole = migrate::choose_mode(*file.job).transaction;
    if (whole) connection.execute("BEGIN");
    assessment.begin_transaction();
    before_ = take_snapshot(connection, newest());
    for (const auto& statement : file.job->script.statements) {
      if (!whole && !connection.in_transaction()) {
        assessment.begin_transaction();
        before_ = take_snapshot(connection, newest());
      }
      try_statement(statement);
    }
    if (connection.in_transaction())
      connection.execute(connection.transaction_failed() ? "ROLLBACK" : "COMMIT");
    ask_of_data(file);
    if (may_take) {
      auto gone = take_gone(*names_, read_names(connection));
      assessment.add_gone(std::move(gone.names), lint::says_unused(file));
      assessment.add_dropped(std::move(gone.others));
    }
    return assessment.take();
  }

  /// What the live rows could not be asked about.
  std::vector<std::string> take_not_asked() { return std::move(not_asked_); }

 private:
  /// The newest of the relations that were there.
  std::int64_t newest() const { return existing_.empty() ? 0 : *existing_.rbegin(); }

  /// What the clone demands of rows since this file, asked of the rows that are there.
  void ask_of_data(const lint::File& file) {
    auto after = read_demands(clone_.connection());
    const bool converts = base::to_upper(file.job->sql()).find("USING") != std::string::npos;
    assessment_->add_failures(broken_demands(live_, demands_, after, !converts, not_asked_));
    demands_ = std::move(after);
  }

  void try_statement(const migrate::Statement& statement) {
    const auto text = file_->job->sql(statement);
    lint::StatementOutlook outlook;
    outlook.words = lint::shown_statement(text);
    outlook.place = migrate::place_of(file_->job->source, file_->job->text_begin + statement.begin);
    if (auto why = why_not_run(statement, text); !why.empty()) return finish_unknown(std::move(outlook), why);
    if (statement.kind == StatementKind::kCopyFromStdin) return;  // rows only, below ROW EXCLUSIVE
    if (statement.kind == StatementKind::kData && writes_rows(statement) &&
        ++inserted_[std::string(statement.words)] > kSameDataMax)
      return;
    std::string failure;
    const auto effects = run_and_look(statement, text, failure);
    if (!failure.empty())
      return finish_unknown(std::move(outlook), "it failed in an empty clone: " + failure);
    add_effects(statement, text, effects, outlook);
  }

  std::vector<Effect> run_and_look(const migrate::Statement& statement, std::string_view text,
                                   std::string& failure) {
    auto& connection = clone_.connection();
    Connection::Limits limits;
    limits.timeout = kStatementTimeout;
    const bool inside = connection.in_transaction();
    const bool ends = statement.kind == StatementKind::kTransaction;
    try {
      if (!inside && !ends) return run_outside(clone_, text, existing_, limits);
      if (!ends) connection.execute("SAVEPOINT bigocean_preview");
      connection.execute(std::string(text), limits);
    } catch (const SqlError& error) {
      failure = error.server_message.empty() ? error.message : error.server_message;
      if (inside && !ends) connection.execute("ROLLBACK TO SAVEPOINT bigocean_preview", limits);
      return {};
    }
    if (!connection.in_transaction()) return {};
    auto after = take_snapshot(connection, newest());
    auto effects = effects_of(before_, after, existing_);
    before_ = std::move(after);
    return effects;
  }

  void finish_unknown(lint::StatementOutlook outlook, const std::string& why) {
    outlook.note = why;
    assessment_->add_unknown(outlook, why);
    assessment_->add(std::move(outlook));
  }

  void add_effects(const migrate::Statement& statement, std::string_view text,
                   const std::vector<Effect>& effects, lint::StatementOutlook& outlook) {
    std::set<std::string> names;
    for (const auto& effect : effects) names.insert(effect.name);
    const auto live = lint::LiveTables::read(live_, names);
    for (const auto& effect : effects) {
      const auto* table = live.find({effect.schema, effect.name});
      if (table == nullptr) continue;  // made by an earlier pending file
      if (runs_code(statement, text) && !table->empty && effect.reads_or_writes) {
        outlook.note = fmt::format("its code uses rows of {}, which the clone does not have", effect.name);
        assessment_->add_unknown(outlook, outlook.note);
      }
      if (writes_rows(statement) && !table->empty && effect.mode == LockMode::kRowExclusive) {
        if (const auto code = code_on_write(clone_.connection(), effect); !code.empty()) {
          outlook.note =
              fmt::format("{} of {} runs for rows that the clone does not have", code, effect.name);
          assessment_->add_unknown(outlook, outlook.note);
        }
      }
      lint::LockOutlook look;
      look.table = {effect.schema, effect.name};
      look.mode = effect.mode;
      look.work = work_of(statement, effect);
      look.live = *table;
      lint::estimate(look);
      const bool concurrently = statement.kind == StatementKind::kConcurrently;
      look.blockers = concurrently ? sessions_.with_snapshot() : sessions_.holders(table->oid, effect.mode);
      assessment_->add(outlook, std::move(look));
    }
    if (!outlook.locks.empty() || !outlook.note.empty()) assessment_->add(std::move(outlook));
  }

  static lint::Work work_of(const migrate::Statement& statement, const Effect& effect) {
    if (effect.dropped || statement.words.starts_with("TRUNCATE")) return lint::Work::kNone;
    if (effect.rewritten) return lint::Work::kRewrite;
    if (effect.index_built) return lint::Work::kIndex;
    if (writes_rows(statement))
      return statement.words.starts_with("INSERT") ? lint::Work::kNone : lint::Work::kRows;
    return effect.scanned ? lint::Work::kScan : lint::Work::kNone;
  }

  Clone& clone_;
  Connection& live_;
  lint::LiveSessions sessions_;
  std::set<std::int64_t> existing_;
  Snapshot before_;
  std::vector<Demand> demands_;
  /// That the live database has, without those that earlier files took away; read when first needed.
  std::optional<Names> names_;
  std::vector<std::string> not_asked_;
  lint::Assessment* assessment_ = nullptr;
  const lint::File* file_ = nullptr;
  std::map<std::string, std::size_t> inserted_;
};

}  // namespace

lint::Outlook observe(const config::Settings& settings, Connection& live,
                      const std::vector<lint::File>& files, const base::Interrupt* interrupt) {
  std::vector<migrate::Migration> migrations;
  for (const auto& file : files) migrations.push_back(file.job->migration);
  Clone clone(settings, live, migrations, interrupt);
  lint::Outlook outlook;
  Trial trial(clone, live);
  for (const auto& file : files) outlook.files.push_back(trial.run(file));
  outlook.observed = true;
  outlook.missing = clone.missing();
  outlook.not_asked = trial.take_not_asked();
  if (!clone.drop()) outlook.missing.push_back("the server did not drop the clone " + clone.name());
  return outlook;
}

}  // namespace bigocean::sql::preview
