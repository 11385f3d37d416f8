// Rules about what breaks the version that is running, fails on a filled table, or loses data.
#include <algorithm>

#include "sql/lint/rule.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

Found named(const Scene& scene, Action action) {
  return scene.step.action == action ? Found(scene.step.name) : std::nullopt;
}

/// The text between the quotes of a plain string.
std::string_view content(std::string_view token) {
  const auto begin = token.find('\'');
  const auto end = token.rfind('\'');
  return begin == end ? std::string_view{} : token.substr(begin + 1, end - begin - 1);
}

}  // namespace

Found add_column_not_null(const Scene& scene) {
  if (scene.step.action != Action::kAddColumn) return std::nullopt;
  const Column& column = *scene.step.column;
  return column.not_null && !column.has_default ? Found(scene.step.name) : std::nullopt;
}

Found drop_column(const Scene& scene) { return named(scene, Action::kDropColumn); }
Found drop_table(const Scene& scene) { return named(scene, Action::kDropTable); }
Found rename_column(const Scene& scene) { return named(scene, Action::kRenameColumn); }

Found rename_table(const Scene& scene) {
  if (scene.step.action == Action::kSetSchema) return "SET SCHEMA renames it, too";
  return scene.step.action == Action::kRenameTable ? Found("") : std::nullopt;
}

Found rename_enum_value(const Scene& scene) {
  return scene.context.is_made_now(scene.step.table) ? std::nullopt : named(scene, Action::kRenameEnumValue);
}

Found truncate_cascade(const Scene& scene) {
  return scene.step.action == Action::kTruncate && scene.step.cascade ? Found("") : std::nullopt;
}

Found enum_value_in_same_transaction(const Scene& scene) {
  const auto& added = scene.context.enum_values_in_transaction();
  if (added.empty() || !scene.first || scene.step.action == Action::kAddEnumValue) return std::nullopt;
  migrate::Scanner scanner(scene.statement.text);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (token.kind != migrate::TokenKind::kString) continue;
    const auto found = std::find(added.begin(), added.end(), content(scanner.slice(token)));
    if (found != added.end()) return *found;
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
