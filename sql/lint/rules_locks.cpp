// Rules about locks: what makes readers or writers wait longer than a moment.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/lint/locks.hpp"
#include "sql/lint/rule.hpp"
#include "sql/lint/widening.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

using Kind = Constraint::Kind;

/// The finding when `wrong`; `detail` goes behind the rule's title.
Found found_if(bool wrong, std::string detail = {}) {
  return wrong ? Found(std::move(detail)) : std::nullopt;
}

const Constraint* added_constraint(const Scene& scene) {
  return scene.step.action == Action::kAddConstraint ? &*scene.step.constraint : nullptr;
}

bool is_without_concurrently(const Scene& scene, std::initializer_list<Action> actions) {
  return std::find(actions.begin(), actions.end(), scene.step.action) != actions.end() &&
         !scene.step.concurrently;
}

}  // namespace

Found index_not_concurrently(const Scene& scene) {
  return found_if(!scene.step.only && is_without_concurrently(scene, {Action::kCreateIndex}));
}

Found drop_index_not_concurrently(const Scene& scene) {
  // The index of a partitioned table cannot be dropped in another way.
  return found_if(is_without_concurrently(scene, {Action::kDropIndex}) &&
                  !scene.context.is_partitioned(scene.step.table));
}

Found reindex_not_concurrently(const Scene& scene) {
  return found_if(is_without_concurrently(
      scene, {Action::kReindex, Action::kReindexIndex, Action::kRefreshMaterializedView}));
}

Found concurrently_in_transaction(const Scene& scene) {
  const auto kind = scene.statement.statement->kind;
  if (!scene.first ||
      (kind != migrate::StatementKind::kConcurrently && kind != migrate::StatementKind::kNonTransactional))
    return std::nullopt;
  if (scene.file.transaction) return "the file says transaction:true";
  const auto& file = scene.file;
  const auto number = static_cast<std::size_t>(&scene.statement - file.statements.data());
  const bool after_begin = number > 0 && file.transactions[number - 1] == file.transactions[number];
  return found_if(after_begin, "between BEGIN and COMMIT");
}

Found concurrently_on_partitioned(const Scene& scene) {
  const auto action = scene.step.action;
  return found_if((action == Action::kCreateIndex || action == Action::kDropIndex) &&
                  scene.step.concurrently && scene.context.is_partitioned(scene.step.table));
}

Found concurrent_index_if_not_exists(const Scene& scene) {
  return found_if(scene.step.action == Action::kCreateIndex && scene.step.concurrently &&
                  scene.step.if_not_exists);
}

Found foreign_key_not_valid(const Scene& scene) {
  const auto* constraint = added_constraint(scene);
  return found_if(constraint != nullptr && constraint->kind == Kind::kForeignKey && !constraint->not_valid &&
                  !constraint->of_empty_column);
}

Found check_not_valid(const Scene& scene) {
  const auto* constraint = added_constraint(scene);
  return found_if(constraint != nullptr && constraint->kind == Kind::kCheck && !constraint->not_valid);
}

Found validate_in_same_transaction(const Scene& scene) {
  return found_if(scene.step.action == Action::kValidateConstraint &&
                  scene.context.added_in_transaction(scene.step.table, scene.step.name));
}

Found unique_not_using_index(const Scene& scene) {
  const auto* constraint = added_constraint(scene);
  const bool of_no_rows = scene.step.only && scene.context.is_partitioned(scene.step.table);
  return found_if(constraint != nullptr && !constraint->using_index && !of_no_rows &&
                  (constraint->kind == Kind::kUnique || constraint->kind == Kind::kPrimaryKey));
}

Found set_not_null(const Scene& scene) {
  return found_if(scene.step.action == Action::kSetNotNull &&
                      !scene.context.proven_not_null(scene.step.table, scene.step.name),
                  scene.step.name);
}

Found add_column_rewrite(const Scene& scene) {
  if (scene.step.action != Action::kAddColumn) return std::nullopt;
  const auto why = scene.context.rewrite_of(scene.step);
  return why.empty() ? std::nullopt : std::optional(fmt::format("{}, {}", scene.step.name, why));
}

Found add_column_default_unknown(const Scene& scene) {
  if (scene.step.action != Action::kAddColumn) return std::nullopt;
  const auto call = scene.context.undecided_default(scene.step);
  return found_if(!call.empty(), fmt::format("{}, DEFAULT {}()", scene.step.name, call));
}

Found all_rows_written(const Scene& scene) {
  return found_if(scene.step.all_rows, scene.step.action == Action::kDelete ? "DELETE" : "UPDATE");
}

Found alter_column_type(const Scene& scene) {
  if (scene.step.action != Action::kAlterColumnType) return std::nullopt;
  const auto before = scene.context.column_type(scene.step.table, scene.step.name);
  if (before && !scene.step.with_using && is_widening(*before, *scene.step.type)) return std::nullopt;
  const auto after = type_text(*scene.step.type);
  return before ? fmt::format("{} from {} to {}", scene.step.name, type_text(*before), after)
                : fmt::format("{} to {}", scene.step.name, after);
}

Found lock_timeout_off(const Scene& scene) {
  const auto& statement = *scene.statement.statement;
  if (!scene.first || !migrate::sets_setting(statement, "LOCK_TIMEOUT", false)) return std::nullopt;
  // The value is the last token: 0, '0', '0s' or DEFAULT.
  std::string_view value;
  migrate::Scanner scanner(scene.statement.text);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (token.kind != migrate::TokenKind::kSemicolon) value = scanner.slice(token);
  }
  const auto digits = value.find_first_of("0123456789");
  const bool off = digits != value.npos && value.find_first_of("123456789") == value.npos;
  return found_if(off || base::equals_ignoring_case(value, "DEFAULT"));
}

Found rewrite_command(const Scene& scene) {
  switch (scene.step.action) {
    case Action::kVacuumFull:
      return "VACUUM FULL";
    case Action::kCluster:
      return "CLUSTER";
    case Action::kChangePersistence:
      return "SET LOGGED or UNLOGGED";
    case Action::kChangeTablespace:
      return "SET TABLESPACE";
    case Action::kChangeAccessMethod:
      return "SET ACCESS METHOD";
    default:
      return std::nullopt;
  }
}

Found backfill_in_ddl_transaction(const Scene& scene) {
  const auto action = scene.step.action;
  if (action != Action::kUpdate && action != Action::kDelete && action != Action::kMerge) return std::nullopt;
  const auto& locked = scene.context.locked_in_transaction();
  if (locked.empty()) return std::nullopt;
  return fmt::format("{} stays locked until this is done", locked.front().text());
}

Found two_tables_locked(const Scene& scene) {
  const auto& locked = scene.context.locked_in_transaction();
  if (locked.empty()) return std::nullopt;
  for (const auto& lock : locks_of(scene.step)) {
    const bool held =
        std::any_of(locked.begin(), locked.end(), [&](const Name& n) { return n.matches(lock.table); });
    if (lock.mode == LockMode::kAccessExclusive && !held && !scene.context.is_new(lock.table))
      return fmt::format("{} after {}", lock.table.text(), locked.front().text());
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
