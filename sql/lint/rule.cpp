// Rules by name, their levels from the settings, and their remedies filled in.
#include "sql/lint/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/lint/widening.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"off", "info", "warning", "error"};

std::string with_concurrently(std::string_view sql) {
  for (const std::string_view word : {"INDEX", "VIEW", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"}) {
    const auto at = base::to_upper(sql).find(word);
    if (at == std::string::npos) continue;
    std::string text(sql);
    return text.insert(at + word.size(), " CONCURRENTLY");
  }
  return std::string(sql);
}

/// About the name that PostgreSQL would choose.
std::string name_of(const Step& step) {
  if (!step.name.empty() || !step.constraint) return step.name.empty() ? "…" : step.name;
  const std::string_view end = step.constraint->kind == Constraint::Kind::kForeignKey ? "fkey"
                               : step.constraint->kind == Constraint::Kind::kCheck    ? "check"
                                                                                      : "key";
  return fmt::format("{}_{}{}{}", step.table.name, fmt::join(step.constraint->columns, "_"),
                     step.constraint->columns.empty() ? "" : "_", end);
}

void replace(std::string& text, std::string_view mark, std::string_view value) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
}

base::Error level_error(const std::string& message) {
  return {base::ExitCode::kUsage, "lint.levels: " + message,
          "write pairs such as drop-column=warning, json-type=off; docs/lint.md has the rules"};
}

}  // namespace

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

const Rule* find_rule(std::string_view id) {
  const auto all = rules();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string fill_remedy(const Rule& rule, const Scene& scene) {
  const Step& step = scene.step;
  std::string text(rule.remedy);
  const Constraint none;
  const Constraint& constraint = step.constraint ? *step.constraint : none;
  const Type* type = step.column ? &step.column->type : step.type ? &*step.type : nullptr;
  const auto column =
      rule.id == "int-primary-key" && !constraint.columns.empty() ? constraint.columns[0] : step.name;
  replace(text, "{table}", step.table.text());
  replace(text, "{name}", name_of(step));
  replace(text, "{column}", column);
  replace(text, "{columns}", fmt::format("{}", fmt::join(constraint.columns, ", ")));
  replace(text, "{referenced}", constraint.referenced.text());
  replace(text, "{type}", type == nullptr ? "" : type_text(*type));
  replace(text, "{concurrently}", with_concurrently(scene.statement.text));
  replace(text, "{statement}", scene.statement.text);
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
