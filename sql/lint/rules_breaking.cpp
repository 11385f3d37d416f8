// Rules about what breaks the version that is running, fails on a filled table, or loses data.
#include <algorithm>

#include "base/text.hpp"
#include "sql/lint/rule.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

Found named(const Scene& scene, Action action) {
  return scene.step.action == action ? Found(scene.step.name) : std::nullopt;
}

/// A table or sequence made again is another one: empty, and at its start.
bool makes(const Step& step) {
  if (step.action == Action::kCreateObject) return step.object != "sequence";
  return step.action == Action::kCreateMaterializedView || step.action == Action::kCreateType;
}

/// A later statement of the same transaction makes an object of that name again: a view or function that
/// CREATE OR REPLACE cannot change, or a view for the old name of a table.
bool is_made_again(const Scene& scene) {
  const auto& file = scene.file;
  const auto here = static_cast<std::size_t>(&scene.statement - file.statements.data());
  for (auto at = here + 1; at < file.statements.size() && file.transactions[at] == file.transactions[here];
       ++at) {
    const auto& steps = file.statements[at].steps;
    const bool again = std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
      return makes(step) && name_space(step.object) == name_space(scene.step.object) &&
             step.table.matches(scene.step.table);
    });
    if (again) return true;
  }
  return false;
}

/// The text between the quotes of a plain string.
std::string_view content(std::string_view token) {
  const auto begin = token.find('\'');
  const auto end = token.rfind('\'');
  return begin == end ? std::string_view{} : token.substr(begin + 1, end - begin - 1);
}

/// Whether a string of the statement may be a value of the type: the statement names the type, or its table
/// has a column of it, or that is not known.
bool may_be_of(const Scene& scene, const Name& type) {
  const auto action = scene.step.action;
  if (action != Action::kInsert && action != Action::kUpdate && action != Action::kDelete) return true;
  migrate::Scanner scanner(scene.statement.text);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    const auto part = scanner.slice(token);
    if (token.kind == migrate::TokenKind::kWord && base::to_lower(part) == type.name) return true;
    if (token.kind == migrate::TokenKind::kQuoted && part == quoted_identifier(type.name)) return true;
    // What else the statement reads may have such a column.
    if (token.kind == migrate::TokenKind::kWord && base::equals_ignoring_case(part, "SELECT")) return true;
  }
  return scene.context.has_column_of(scene.step.table, type).value_or(true);
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
  const bool moves = scene.step.action == Action::kSetSchema;
  if ((!moves && scene.step.action != Action::kRenameTable) || is_made_again(scene)) return std::nullopt;
  return moves ? "SET SCHEMA renames it, too" : "";
}

Found drop_schema(const Scene& scene) {
  const auto& step = scene.step;
  if (step.action == Action::kDropOwned) return "all that the role owns in this database";
  const bool whole = step.object == "schema" || step.object == "database";
  return step.action == Action::kDropObject && whole ? Found(step.object) : std::nullopt;
}

Found drop_cascade(const Scene& scene) {
  return scene.step.action == Action::kDropObject && scene.step.cascade && !drop_schema(scene)
             ? Found(scene.step.object)
             : std::nullopt;
}

Found drop_object(const Scene& scene) {
  const auto& step = scene.step;
  if (step.action != Action::kDropObject || step.cascade || drop_schema(scene) || is_made_again(scene))
    return std::nullopt;
  return Found(step.object);
}

Found rename_object(const Scene& scene) {
  return scene.step.action == Action::kRenameObject && !is_made_again(scene) ? Found(scene.step.object)
                                                                             : std::nullopt;
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
    const auto found = std::find_if(added.begin(), added.end(), [&](const Context::EnumValue& value) {
      return value.value == content(scanner.slice(token)) && may_be_of(scene, value.type);
    });
    if (found != added.end()) return found->value;
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
