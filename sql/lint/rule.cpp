// Rules by name, their levels from the settings, and their remedies filled in.
#include "sql/lint/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/lint/partitioned.hpp"
#include "sql/lint/widening.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"off", "info", "warning", "error"};

/// The statement with CONCURRENTLY behind the keyword for what it is about.
std::string with_concurrently(std::string_view sql) {
  constexpr std::array<std::string_view, 5> kObjects{"INDEX", "VIEW", "TABLE", "SCHEMA", "DATABASE"};
  migrate::Scanner scanner(sql);
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (token.kind != migrate::TokenKind::kWord) continue;
    if (std::find(kObjects.begin(), kObjects.end(), base::to_upper(scanner.slice(token))) == kObjects.end())
      continue;
    return std::string(sql).insert(token.end, " CONCURRENTLY");
  }
  return std::string(sql);
}

/// The condition of a check with its brackets, as it is written.
std::string condition_of(const Scene& scene) {
  migrate::Scanner scanner(scene.statement.text, scene.step.offset);
  auto token = scanner.next();
  while (token.kind != migrate::TokenKind::kEnd &&
         (token.kind != migrate::TokenKind::kWord || base::to_upper(scanner.slice(token)) != "CHECK"))
    token = scanner.next();
  const auto begin = (token = scanner.next()).begin;
  std::size_t depth = 0;
  for (; token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (token.kind == migrate::TokenKind::kOpen) ++depth;
    if (token.kind == migrate::TokenKind::kClose && --depth == 0)
      return std::string(scene.statement.text.substr(begin, token.end - begin));
  }
  return "(…)";
}

/// About the name that PostgreSQL would choose; empty: none is known.
std::string name_of(const Step& step) {
  if (!step.name.empty() || !step.constraint) return step.name;
  if (step.constraint->kind == Constraint::Kind::kPrimaryKey) return step.table.name + "_pkey";
  const std::string_view end = step.constraint->kind == Constraint::Kind::kForeignKey ? "fkey"
                               : step.constraint->kind == Constraint::Kind::kCheck    ? "check"
                                                                                      : "key";
  auto columns = step.constraint->columns;
  if (columns.empty() && !step.constraint->column.empty()) columns = {step.constraint->column};
  return fmt::format("{}_{}{}{}", step.table.name, fmt::join(columns, "_"), columns.empty() ? "" : "_", end);
}

/// What replaces the rule's own remedy on a partitioned table; empty: nothing.
std::string remedy_of_partitions(const Rule& rule, const Scene& scene) {
  const Step& step = scene.step;
  if (step.action == Action::kCreateIndex &&
      (rule.id == "index-not-concurrently" || rule.id == "concurrently-on-partitioned"))
    return index_of_partitions(scene);
  if (rule.id == "unique-not-using-index") return key_of_partitions(scene, name_of(step));
  if (rule.id == "foreign-key-not-valid") return foreign_key_of_partitions(scene, name_of(step));
  if (rule.id == "foreign-key-without-index") {
    const auto& columns = step.constraint->columns;
    return index_of_partitions(scene, fmt::format("{}_{}_idx", step.table.name, fmt::join(columns, "_")),
                               quoted_list(columns));
  }
  return {};
}

/// The type below serial and its kin, which bring a default of their own.
Type without_sequence(Type type) {
  constexpr auto kSerials =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"serial", "int4"},
                                                                    {"serial4", "int4"},
                                                                    {"bigserial", "int8"},
                                                                    {"serial8", "int8"},
                                                                    {"smallserial", "int2"},
                                                                    {"serial2", "int2"}});
  for (const auto& [serial, plain] : kSerials)
    if (type.name == serial) type.name = plain;
  return type;
}

/// `value` makes the text; it is called only where the mark stands in the remedy.
template <class Value>
void replace(std::string& text, std::string_view mark, const Value& value) {
  auto at = text.find(mark);
  if (at == std::string::npos) return;
  const std::string made(value());
  for (; at != std::string::npos; at = text.find(mark, at + made.size())) text.replace(at, mark.size(), made);
}

base::Error level_error(const std::string& message) {
  return {base::ExitCode::kUsage, "lint.levels: " + message,
          "write pairs such as drop-column=warning, json-type=off; docs/lint.md has the rules"};
}

}  // namespace

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

bool takes_names(const Rule& rule) {
  constexpr auto kTaking = std::to_array<std::string_view>(
      {"drop-column", "drop-table", "drop-schema", "drop-cascade", "drop-object", "rename-column",
       "rename-table", "rename-object", "rename-enum-value"});
  return std::find(kTaking.begin(), kTaking.end(), rule.id) != kTaking.end();
}

bool says_unused(const File& file) {
  return std::any_of(file.allows.begin(), file.allows.end(), [](const Allow& allow) {
    const Rule* rule = find_rule(allow.rule);
    return rule != nullptr && takes_names(*rule) && !allow.reason.empty();
  });
}

const Rule* find_rule(std::string_view id) {
  const auto all = rules();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string fill_remedy(const Rule& rule, const Scene& scene) {
  const Step& step = scene.step;
  if (scene.context.is_partitioned(step.table)) {
    if (auto text = remedy_of_partitions(rule, scene); !text.empty()) return text;
  }
  std::string text(rule.remedy);
  // The constraint of a column that is added needs that column first.
  if (step.constraint && !step.constraint->column_definition.empty() && text.find("{name}") != text.npos)
    text = "ALTER TABLE {table} ADD COLUMN " + step.constraint->column_definition + ";\n" + text;
  const Constraint none;
  const Constraint& constraint = step.constraint ? *step.constraint : none;
  const Type* type = step.column ? &step.column->type : step.type ? &*step.type : nullptr;
  const auto column =
      rule.id == "int-primary-key" && !constraint.columns.empty() ? constraint.columns[0] : step.name;
  const auto name = name_of(step);
  const auto named = [&](const Name& full) { return full.empty() ? "…" : full.text(); };
  replace(text, "{table}", [&] { return step.table.text(); });
  replace(text, "{object}", [&] { return base::to_upper(step.object); });
  replace(text, "{name}", [&] { return named({"", name}); });
  replace(text, "{in_schema}", [&] { return named({step.table.schema, name}); });
  replace(text, "{column}", [&] { return quoted_identifier(column); });
  replace(text, "{column_not_null}", [&] { return quoted_identifier(column + "_not_null"); });
  replace(text, "{column_new}", [&] { return quoted_identifier(column + "_new"); });
  replace(text, "{columns}", [&] { return quoted_list(constraint.columns); });
  replace(text, "{referenced}", [&] { return constraint.referenced.text(); });
  replace(text, "{key}",
          [&] { return constraint.kind == Constraint::Kind::kPrimaryKey ? "PRIMARY KEY" : "UNIQUE"; });
  replace(text, "{details}", [&] { return constraint.details; });
  replace(text, "{timing}", [&] { return constraint.timing; });
  replace(text, "{condition}", [&] { return condition_of(scene); });
  replace(text, "{type}", [&] { return type == nullptr ? "" : type_text(without_sequence(*type)); });
  replace(text, "{concurrently}", [&] { return with_concurrently(scene.statement.text); });
  replace(text, "{unended}", [&] {
    const auto whole = base::trim(scene.statement.text);
    return base::trim(whole.substr(0, whole.size() - (whole.ends_with(';') ? 1 : 0)));
  });
  replace(text, "{statement}", [&] { return scene.statement.text; });
  return text;
}

std::map<std::string_view, Level> parse_levels(std::string_view text) {
  std::map<std::string_view, Level> levels;
  for (const auto pair : base::comma_list(text)) {
    const auto sign = pair.find('=');
    if (sign == std::string_view::npos) throw level_error(fmt::format("`{}` has no level", pair));
    const auto id = base::trim(pair.substr(0, sign));
    const auto word = base::trim(pair.substr(sign + 1));
    const Rule* rule = find_rule(id);
    if (rule == nullptr)
      throw level_error(fmt::format("there is no rule `{}`{}", id, base::did_you_mean(id, rule_ids())));
    const auto level = std::find(kLevelNames.begin(), kLevelNames.end(), word);
    if (level == kLevelNames.end()) {
      throw level_error(fmt::format("`{}` is not a level; the levels are {}{}", word,
                                    fmt::join(kLevelNames, ", "), base::did_you_mean(word, kLevelNames)));
    }
    levels[rule->id] = static_cast<Level>(level - kLevelNames.begin());
  }
  return levels;
}

}  // namespace bigocean::sql::lint
