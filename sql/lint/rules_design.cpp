// Rules about choices that are regretted later: types, keys, names.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/lint/rule.hpp"
#include "sql/lint/widening.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr std::size_t kIdentifierBytesMax = 63;

/// The type that the step gives to a column, if it does.
const Type* given_type(const Step& step) {
  if (step.action == Action::kAddColumn) return &step.column->type;
  return step.action == Action::kAlterColumnType ? &*step.type : nullptr;
}

Found found_type(const Scene& scene, std::string_view name, bool with_length = false) {
  const Type* type = given_type(scene.step);
  if (type == nullptr || type->name != name || (with_length && type->modifiers.empty())) return std::nullopt;
  return fmt::format("{} {}", scene.step.name, type_text(*type));
}

}  // namespace

Found foreign_key_without_index(const Scene& scene) {
  if (scene.step.action != Action::kAddConstraint) return std::nullopt;
  const Constraint& constraint = *scene.step.constraint;
  if (constraint.kind != Constraint::Kind::kForeignKey) return std::nullopt;
  if (scene.context.has_index(scene.step.table, constraint.columns)) return std::nullopt;
  return fmt::format("{}", fmt::join(constraint.columns, ", "));
}

Found int_primary_key(const Scene& scene) {
  if (scene.step.action != Action::kAddConstraint) return std::nullopt;
  const Constraint& constraint = *scene.step.constraint;
  if (constraint.kind != Constraint::Kind::kPrimaryKey || constraint.columns.size() != 1) return std::nullopt;
  const auto type = scene.context.column_type(scene.step.table, constraint.columns[0]);
  constexpr std::array<std::string_view, 7> kNarrow{"int4",    "int2",        "int",    "serial",
                                                    "serial4", "smallserial", "serial2"};
  if (!type || std::find(kNarrow.begin(), kNarrow.end(), type->name) == kNarrow.end()) return std::nullopt;
  return fmt::format("{} {}", constraint.columns[0], type->name);
}

Found timestamp_without_time_zone(const Scene& scene) { return found_type(scene, "timestamp"); }
Found varchar_length(const Scene& scene) { return found_type(scene, "varchar", true); }
Found char_length(const Scene& scene) { return found_type(scene, "bpchar"); }
Found json_type(const Scene& scene) { return found_type(scene, "json"); }

Found identifier_too_long(const Scene& scene) {
  const auto kind = scene.statement.statement->kind;
  if (!scene.first || kind == migrate::StatementKind::kData || kind == migrate::StatementKind::kCopyFromStdin)
    return std::nullopt;
  migrate::Scanner scanner(scene.statement.text);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    const auto text = scanner.slice(token);
    const bool quoted = token.kind == migrate::TokenKind::kQuoted;
    if (!quoted && token.kind != migrate::TokenKind::kWord) continue;
    if (text.size() - (quoted ? 2 : 0) > kIdentifierBytesMax)
      return fmt::format("{}… has {} bytes", text.substr(0, 30), text.size() - (quoted ? 2 : 0));
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
