// Which lock each command takes on which table.
#include "sql/lint/locks.hpp"

#include <algorithm>
#include <array>

#include "sql/lint/volatility.hpp"

namespace bigocean::sql::lint {
namespace {

struct Row {
  Action action;
  LockMode mode;
  Work work = Work::kNone;
};
constexpr std::array kRows{
    Row{Action::kAddColumn, LockMode::kAccessExclusive},
    Row{Action::kAddIdentity, LockMode::kAccessExclusive},
    Row{Action::kAlterColumnType, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kAnalyze, LockMode::kShareUpdateExclusive},
    Row{Action::kAttachPartition, LockMode::kShareUpdateExclusive},
    Row{Action::kChangeAccessMethod, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kChangeDefault, LockMode::kAccessExclusive},
    Row{Action::kChangeInheritance, LockMode::kAccessExclusive},
    Row{Action::kChangeOptions, LockMode::kShareUpdateExclusive},
    Row{Action::kChangeOther, LockMode::kAccessExclusive},
    Row{Action::kChangePersistence, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kChangeRowSecurity, LockMode::kAccessExclusive},
    Row{Action::kChangeStorage, LockMode::kAccessExclusive},
    Row{Action::kChangeTablespace, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kChangeTriggers, LockMode::kShareRowExclusive},
    Row{Action::kCluster, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kComment, LockMode::kShareUpdateExclusive},
    Row{Action::kCreateRule, LockMode::kAccessExclusive},
    Row{Action::kCreateStatistics, LockMode::kShareUpdateExclusive},
    Row{Action::kCreateTrigger, LockMode::kShareRowExclusive},
    Row{Action::kDelete, LockMode::kRowExclusive, Work::kRows},
    Row{Action::kDropColumn, LockMode::kAccessExclusive},
    Row{Action::kDropConstraint, LockMode::kAccessExclusive},
    Row{Action::kDropNotNull, LockMode::kAccessExclusive},
    Row{Action::kDropRule, LockMode::kAccessExclusive},
    Row{Action::kDropTable, LockMode::kAccessExclusive},
    Row{Action::kDropTrigger, LockMode::kAccessExclusive},
    Row{Action::kInsert, LockMode::kRowExclusive},
    Row{Action::kMerge, LockMode::kRowExclusive, Work::kRows},
    Row{Action::kRenameColumn, LockMode::kAccessExclusive},
    Row{Action::kRenameTable, LockMode::kAccessExclusive},
    Row{Action::kSetNotNull, LockMode::kAccessExclusive, Work::kScan},
    Row{Action::kSetSchema, LockMode::kAccessExclusive},
    Row{Action::kTruncate, LockMode::kAccessExclusive},
    Row{Action::kUpdate, LockMode::kRowExclusive, Work::kRows},
    Row{Action::kVacuum, LockMode::kShareUpdateExclusive, Work::kScan},
    Row{Action::kVacuumFull, LockMode::kAccessExclusive, Work::kRewrite},
    Row{Action::kValidateConstraint, LockMode::kShareUpdateExclusive, Work::kScan},
};

/// Commands that take a weaker lock with CONCURRENTLY.
struct ConcurrentRow {
  Action action;
  LockMode plain;
  LockMode concurrent;
  Work work;
};
constexpr std::array kConcurrentRows{
    ConcurrentRow{Action::kCreateIndex, LockMode::kShare, LockMode::kShareUpdateExclusive, Work::kIndex},
    ConcurrentRow{Action::kDetachPartition, LockMode::kAccessExclusive, LockMode::kShareUpdateExclusive,
                  Work::kNone},
    ConcurrentRow{Action::kDropIndex, LockMode::kAccessExclusive, LockMode::kShareUpdateExclusive,
                  Work::kNone},
    ConcurrentRow{Action::kRefreshMaterializedView, LockMode::kAccessExclusive, LockMode::kExclusive,
                  Work::kRewrite},
    ConcurrentRow{Action::kReindex, LockMode::kShare, LockMode::kShareUpdateExclusive, Work::kIndex},
    ConcurrentRow{Action::kReindexIndex, LockMode::kShare, LockMode::kShareUpdateExclusive, Work::kIndex},
};

std::vector<Lock> constraint_locks(const Step& step) {
  const Constraint& constraint = *step.constraint;
  if (constraint.kind == Constraint::Kind::kForeignKey) {
    const bool scans = !constraint.not_valid && !constraint.of_empty_column;
    return {{step.table, LockMode::kShareRowExclusive, scans ? Work::kScan : Work::kNone},
            {constraint.referenced, LockMode::kShareRowExclusive}};
  }
  Work work = Work::kIndex;
  if (constraint.kind == Constraint::Kind::kCheck) work = constraint.not_valid ? Work::kNone : Work::kScan;
  if (constraint.using_index) work = Work::kNone;
  return {{step.table, LockMode::kAccessExclusive, work}};
}

bool may_rewrite(const Column& column) {
  const auto& calls = column.default_calls;
  return !column.rewrites.empty() || std::any_of(calls.begin(), calls.end(), [](const std::string& call) {
    return known_volatility(call) != Volatility::kNotVolatile;
  });
}

}  // namespace

std::string_view work_name(Work work) {
  switch (work) {
    case Work::kNone:
      return "";
    case Work::kScan:
      return "scans it";
    case Work::kIndex:
      return "builds an index over it";
    case Work::kRewrite:
      return "rewrites it";
    case Work::kRows:
      break;
  }
  return "writes rows";
}

bool is_open(Action action) {
  return action == Action::kOther || action == Action::kCreateObject || action == Action::kDropObject ||
         action == Action::kDropOwned || action == Action::kRenameObject;
}

std::vector<Lock> locks_of(const Step& step) {
  if (step.action == Action::kAddConstraint) return constraint_locks(step);
  if (step.action == Action::kLockTable) return {{step.table, static_cast<LockMode>(step.lock_mode)}};
  if (step.action == Action::kAttachPartition) {
    return {{step.table, LockMode::kShareUpdateExclusive},
            {step.parent, LockMode::kAccessExclusive, Work::kScan}};
  }
  if (step.action == Action::kCreateTable) {
    if (step.parent.empty()) return {};
    return {{step.parent, step.partition ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive}};
  }
  if (step.table.empty()) return {};
  const auto concurrent = std::find_if(kConcurrentRows.begin(), kConcurrentRows.end(),
                                       [&](const ConcurrentRow& row) { return row.action == step.action; });
  if (concurrent != kConcurrentRows.end()) {
    return {{step.table, step.concurrently ? concurrent->concurrent : concurrent->plain,
             step.only ? Work::kNone : concurrent->work}};
  }
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.action == step.action; });
  if (row == kRows.end()) return {};
  const bool rewrites = step.action == Action::kAddColumn && may_rewrite(*step.column);
  return {{step.table, row->mode, rewrites ? Work::kRewrite : row->work}};
}

}  // namespace bigocean::sql::lint
