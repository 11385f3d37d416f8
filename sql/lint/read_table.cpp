// CREATE TABLE and ALTER TABLE, out of the parse tree.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/lint/read.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

using Kind = Constraint::Kind;

constexpr std::array<std::string_view, 6> kSerialTypes{"serial",  "serial4",     "bigserial",
                                                       "serial8", "smallserial", "serial2"};

struct Subcommand {
  std::string_view tag;
  Action action;
};
constexpr std::array kSubcommands{
    Subcommand{"AT_AddColumn", Action::kAddColumn},
    Subcommand{"AT_AddConstraint", Action::kAddConstraint},
    Subcommand{"AT_AddIdentity", Action::kAddIdentity},
    Subcommand{"AT_AddInherit", Action::kChangeInheritance},
    Subcommand{"AT_AlterColumnType", Action::kAlterColumnType},
    Subcommand{"AT_AttachPartition", Action::kAttachPartition},
    Subcommand{"AT_ClusterOn", Action::kChangeOptions},
    Subcommand{"AT_ColumnDefault", Action::kChangeDefault},
    Subcommand{"AT_DetachPartition", Action::kDetachPartition},
    Subcommand{"AT_DisableRowSecurity", Action::kChangeRowSecurity},
    Subcommand{"AT_DisableTrig", Action::kChangeTriggers},
    Subcommand{"AT_DisableTrigAll", Action::kChangeTriggers},
    Subcommand{"AT_DisableTrigUser", Action::kChangeTriggers},
    Subcommand{"AT_DropCluster", Action::kChangeOptions},
    Subcommand{"AT_DropColumn", Action::kDropColumn},
    Subcommand{"AT_DropConstraint", Action::kDropConstraint},
    Subcommand{"AT_DropInherit", Action::kChangeInheritance},
    Subcommand{"AT_DropNotNull", Action::kDropNotNull},
    Subcommand{"AT_EnableAlwaysTrig", Action::kChangeTriggers},
    Subcommand{"AT_EnableReplicaTrig", Action::kChangeTriggers},
    Subcommand{"AT_EnableRowSecurity", Action::kChangeRowSecurity},
    Subcommand{"AT_EnableTrig", Action::kChangeTriggers},
    Subcommand{"AT_EnableTrigAll", Action::kChangeTriggers},
    Subcommand{"AT_EnableTrigUser", Action::kChangeTriggers},
    Subcommand{"AT_ForceRowSecurity", Action::kChangeRowSecurity},
    Subcommand{"AT_NoForceRowSecurity", Action::kChangeRowSecurity},
    Subcommand{"AT_ResetOptions", Action::kChangeOptions},
    Subcommand{"AT_ResetRelOptions", Action::kChangeOptions},
    Subcommand{"AT_SetAccessMethod", Action::kChangeAccessMethod},
    Subcommand{"AT_SetCompression", Action::kChangeStorage},
    Subcommand{"AT_SetLogged", Action::kChangePersistence},
    Subcommand{"AT_SetNotNull", Action::kSetNotNull},
    Subcommand{"AT_SetOptions", Action::kChangeOptions},
    Subcommand{"AT_SetRelOptions", Action::kChangeOptions},
    Subcommand{"AT_SetStatistics", Action::kChangeOptions},
    Subcommand{"AT_SetStorage", Action::kChangeStorage},
    Subcommand{"AT_SetTableSpace", Action::kChangeTablespace},
    Subcommand{"AT_SetUnLogged", Action::kChangePersistence},
    Subcommand{"AT_ValidateConstraint", Action::kValidateConstraint},
};

Action action_of(std::string_view tag) {
  const auto found = std::find_if(kSubcommands.begin(), kSubcommands.end(),
                                  [&](const Subcommand& s) { return s.tag == tag; });
  return found == kSubcommands.end() ? Action::kChangeOther : found->action;
}

/// All functions that an expression calls, wherever in it.
void collect_calls(const Node& node, std::vector<std::string>& names) {
  if (node.tag() == "FuncCall") names.push_back(list_name(node.body()["funcname"]).name);
  for (const Node& member : node) collect_calls(member, names);
}

std::vector<std::string> strings(const Node& list) {
  std::vector<std::string> result;
  for (const Node& item : list) result.emplace_back(item.body()["sval"].text());
  return result;
}

/// `column IS NOT NULL`, alone or joined by AND: the first such column.
std::string column_not_null(const Node& expression) {
  const Node& body = expression.body();
  if (expression.tag() == "NullTest" && body["nulltesttype"].text() == "IS_NOT_NULL") {
    return list_name(body["arg"].body()["fields"]).name;
  }
  if (expression.tag() == "BoolExpr" && body["boolop"].text() == "AND_EXPR") {
    for (const Node& part : body["args"]) {
      if (std::string column = column_not_null(part); !column.empty()) return column;
    }
  }
  return {};
}

std::optional<Kind> kind_of(std::string_view contype) {
  if (contype == "CONSTR_PRIMARY") return Kind::kPrimaryKey;
  if (contype == "CONSTR_UNIQUE") return Kind::kUnique;
  if (contype == "CONSTR_FOREIGN") return Kind::kForeignKey;
  if (contype == "CONSTR_CHECK") return Kind::kCheck;
  if (contype == "CONSTR_EXCLUSION") return Kind::kExclude;
  return std::nullopt;
}

std::string in_brackets(const Node& list) {
  return list.empty() ? "" : fmt::format(" ({})", quoted_list(strings(list)));
}

/// ON UPDATE or ON DELETE; the letters are those of pg_constraint.confupdtype.
std::string referential_action(std::string_view event, std::string_view letter) {
  const std::string_view action = letter == "r"   ? "RESTRICT"
                                  : letter == "c" ? "CASCADE"
                                  : letter == "n" ? "SET NULL"
                                  : letter == "d" ? "SET DEFAULT"
                                                  : "";
  return action.empty() ? "" : fmt::format(" ON {} {}", event, action);
}

std::string details_of(const Node& node, Kind kind) {
  if (kind == Kind::kCheck) return node["is_no_inherit"].yes() ? " NO INHERIT" : "";
  if (kind != Kind::kForeignKey) {
    const auto included = in_brackets(node["including"]);
    return (included.empty() ? "" : " INCLUDE" + included) +
           (node["nulls_not_distinct"].yes() ? " NULLS NOT DISTINCT" : "");
  }
  return in_brackets(node["pk_attrs"]) + (node["fk_matchtype"].text() == "f" ? " MATCH FULL" : "") +
         referential_action("UPDATE", node["fk_upd_action"].text()) +
         referential_action("DELETE", node["fk_del_action"].text()) + in_brackets(node["fk_del_set_cols"]);
}

std::string timing_of(const Node& node) {
  return std::string(node["deferrable"].yes() ? " DEFERRABLE" : "") +
         (node["initdeferred"].yes() ? " INITIALLY DEFERRED" : "");
}

Constraint read_constraint(const Node& node, Kind kind) {
  Constraint constraint;
  constraint.kind = kind;
  constraint.columns = strings(node[kind == Kind::kForeignKey ? "fk_attrs" : "keys"]);
  constraint.referenced = range_name(node["pktable"]);
  constraint.proves_not_null = column_not_null(node["raw_expr"]);
  constraint.details = details_of(node, kind);
  constraint.timing = timing_of(node);
  constraint.not_valid = node["skip_validation"].yes();
  constraint.using_index = !node["indexname"].empty();
  return constraint;
}

/// The text of a ColumnDef without the constraints that kind_of() knows; `text` ends with the definition.
std::string plain_definition(const Node& definition, std::string_view text) {
  const auto begin = static_cast<std::size_t>(definition["location"].number());
  std::vector<std::pair<std::size_t, bool>> clauses{{begin, true}};
  for (const Node& wrapped : definition["constraints"]) {
    const Node& constraint = wrapped.body();
    const bool stays = !kind_of(constraint["contype"].text());
    clauses.emplace_back(static_cast<std::size_t>(constraint["location"].number()), stays);
  }
  std::string plain;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const auto end = i + 1 < clauses.size() ? clauses[i + 1].first : text.size();
    const auto& [from, stays] = clauses[i];
    if (stays && from < end && end <= text.size())
      plain += (plain.empty() ? "" : " ") + std::string(base::trim(text.substr(from, end - from)));
  }
  while (plain.ends_with(';') || plain.ends_with(',')) plain.pop_back();
  return plain;
}

/// A ColumnDef: the column, then each of its constraints. `text`: of an ALTER TABLE up to the end of the
/// definition; of a CREATE TABLE empty.
void add_column(const Node& definition, const Step& base, std::vector<Step>& steps,
                std::string_view text = {}) {
  Step step = base;
  step.action = Action::kAddColumn;
  step.name = definition["colname"].text();
  Column column;
  column.type = read_type(definition["typeName"]);
  std::vector<Step> constraints;
  if (std::find(kSerialTypes.begin(), kSerialTypes.end(), column.type.name) != kSerialTypes.end()) {
    column.has_default = true;
    column.rewrites = column.type.name;
  }
  for (const Node& wrapped : definition["constraints"]) {
    const Node& constraint = wrapped.body();
    const std::string_view contype = constraint["contype"].text();
    if (contype == "CONSTR_NOTNULL") column.not_null = true;
    if (contype == "CONSTR_DEFAULT") {
      const auto& value = constraint["raw_expr"];
      const bool null = value.tag() == "A_Const" && value.body()["isnull"].yes();
      column.has_default = !null;
      collect_calls(value, column.default_calls);
    }
    if (contype == "CONSTR_IDENTITY") {
      column.has_default = true;
      column.rewrites = "GENERATED AS IDENTITY";
    }
    if (contype == "CONSTR_GENERATED") {
      column.has_default = true;
      column.rewrites = "GENERATED ALWAYS AS … STORED";
    }
    if (const auto kind = kind_of(contype)) {
      Step& added = constraints.emplace_back(base);
      added.action = Action::kAddConstraint;
      added.offset = static_cast<std::size_t>(constraint["location"].number());
      added.name = constraint["conname"].text();
      added.constraint = read_constraint(constraint, *kind);
      if (*kind != Kind::kCheck) added.constraint->columns = {step.name};
      added.constraint->column = step.name;
      if (!text.empty()) added.constraint->column_definition = plain_definition(definition, text);
      if (*kind == Kind::kPrimaryKey) column.not_null = true;
    }
  }
  for (Step& constraint : constraints) constraint.constraint->of_empty_column = !column.has_default;
  step.column = std::move(column);
  steps.push_back(std::move(step));
  steps.insert(steps.end(), constraints.begin(), constraints.end());
}

void add_constraint(const Node& node, Step step, std::vector<Step>& steps) {
  const auto kind = kind_of(node["contype"].text());
  step.action = kind ? Action::kAddConstraint : Action::kChangeOther;
  step.name = node["conname"].text();
  if (kind) step.constraint = read_constraint(node, *kind);
  steps.push_back(std::move(step));
}

/// Where each subcommand of an ALTER TABLE begins: the first with the statement, the others behind a comma.
std::vector<std::size_t> subcommand_offsets(std::string_view text) {
  std::vector<std::size_t> offsets{0};
  migrate::Scanner scanner(text);
  std::size_t depth = 0;
  bool after_comma = false;
  for (auto token = scanner.next(); token.kind != migrate::TokenKind::kEnd; token = scanner.next()) {
    if (after_comma) offsets.push_back(token.begin);
    if (token.kind == migrate::TokenKind::kOpen) ++depth;
    if (token.kind == migrate::TokenKind::kClose && depth > 0) --depth;
    after_comma = depth == 0 && token.kind == migrate::TokenKind::kComma;
  }
  return offsets;
}

/// USING that is more than a cast of the column to its new type.
bool is_conversion(const Node& expression) {
  if (expression.empty()) return false;
  const Node& inner = expression.tag() == "TypeCast" ? expression.body()["arg"] : expression;
  return inner.tag() != "ColumnRef";
}

/// `text`: of the statement, up to the end of the subcommand.
void read_subcommand(const Node& command, const Step& base, std::string_view text, std::vector<Step>& steps) {
  const Node& definition = command["def"];
  Step step = base;
  step.action = action_of(command["subtype"].text());
  step.name = command["name"].text();
  step.cascade = is_cascade(command);
  step.if_not_exists = command["missing_ok"].yes();
  if (step.action == Action::kAddColumn) return add_column(definition.body(), step, steps, text);
  if (step.action == Action::kAddConstraint) return add_constraint(definition.body(), step, steps);
  if (step.action == Action::kAlterColumnType) {
    step.type = read_type(definition.body()["typeName"]);
    step.with_using = is_conversion(definition.body()["raw_default"]);
  }
  if (step.action == Action::kAttachPartition || step.action == Action::kDetachPartition) {
    step.parent = range_name(definition.body()["name"]);
    step.concurrently = definition.body()["concurrent"].yes();
  }
  steps.push_back(std::move(step));
}

}  // namespace

void read_create_table(const Node& statement, std::vector<Step>& steps) {
  Step base;
  base.table = range_name(statement["relation"]);
  base.if_not_exists = statement["if_not_exists"].yes();
  Step create = base;
  create.action = Action::kCreateTable;
  const Node& parents = statement["inhRelations"];
  if (!parents.empty()) create.parent = range_name(parents.begin()->body());
  create.partition = !statement["partbound"].empty();
  create.partitioned = !statement["partspec"].empty();
  steps.push_back(create);
  for (const Node& element : statement["tableElts"]) {
    Step step = base;
    step.offset = static_cast<std::size_t>(element.body()["location"].number());
    if (element.tag() == "ColumnDef") add_column(element.body(), step, steps);
    if (element.tag() == "Constraint") add_constraint(element.body(), step, steps);
  }
}

void read_alter_table(const Node& statement, std::string_view text, std::vector<Step>& steps) {
  Step base;
  base.table = range_name(statement["relation"]);
  base.only = !statement["relation"]["inh"].yes();
  const auto offsets = subcommand_offsets(text);
  std::size_t number = 0;
  for (const Node& command : statement["cmds"]) {
    base.offset = number < offsets.size() ? offsets[number] : 0;
    ++number;
    const auto end = number < offsets.size() ? offsets[number] : text.size();
    read_subcommand(command.body(), base, text.substr(0, end), steps);
  }
}

}  // namespace bigocean::sql::lint
