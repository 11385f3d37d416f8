// Statements into steps: which parser to ask, and every command but CREATE and ALTER TABLE.
#include "sql/lint/read.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.hpp"
#include "sql/migrate/source/scan.hpp"

namespace bigocean::sql::lint {
namespace {

using migrate::StatementKind;
using migrate::TokenKind;
using Steps = std::vector<Step>;

bool is_plain(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), plain);
}

/// The name after `INSERT INTO` or `COPY`; such statements can be large, and are not parsed.
Name name_at(std::string_view text, std::size_t words_before) {
  migrate::Scanner scanner(text);
  for (; words_before > 0; --words_before) scanner.next();
  return next_name(scanner);
}

void add_each(Steps& steps, Action action, const Node& ranges, bool cascade = false) {
  for (const Node& range : ranges) {
    const Node& body = range.tag() == "VacuumRelation" ? range.body()["relation"] : range.body();
    Step& step = add_step(steps, action, range_name(body));
    step.offset = static_cast<std::size_t>(body["location"].number());
    step.cascade = cascade;
  }
}

/// An option in parentheses that is named and not turned off.
bool has_option(const Node& options, std::string_view name) {
  return std::any_of(options.begin(), options.end(), [&](const Node& member) {
    const Node& option = member.body();
    if (!base::equals_ignoring_case(option["defname"].text(), name)) return false;
    const Node& value = option["arg"].body();
    const std::string word = base::to_lower(value["sval"].text());
    return option["arg"].empty() ||
           !(word == "off" || word == "false" || (word.empty() && value["ival"].number() == 0));
  });
}

void read_index(const Node& node, Steps& steps) {
  Step& step = add_step(steps, Action::kCreateIndex, range_name(node["relation"]), node["idxname"].text());
  step.concurrently = node["concurrent"].yes();
  step.if_not_exists = node["if_not_exists"].yes();
  step.only = !node["relation"]["inh"].yes();
  for (const Node& element : node["indexParams"]) {
    const std::string_view column = element.body()["name"].text();
    if (column.empty()) break;
    step.columns.emplace_back(column);
  }
}

void read_enum(const Node& node, Steps& steps) {
  const bool rename = !node["oldVal"].empty();
  Step& step = add_step(steps, rename ? Action::kRenameEnumValue : Action::kAddEnumValue,
                        list_name(node["typeName"]), node[rename ? "oldVal" : "newVal"].text());
  step.if_not_exists = node["skipIfNewValExists"].yes();
}

void read_reindex(const Node& node, Steps& steps) {
  const bool index = node["kind"].text() == "REINDEX_OBJECT_INDEX";
  add_step(steps, index ? Action::kReindexIndex : Action::kReindex, range_name(node["relation"]))
      .concurrently = has_option(node["params"], "concurrently") || node["concurrent"].yes();
}

void read_vacuum(const Node& node, Steps& steps) {
  const Action action = !node["is_vacuumcmd"].yes()           ? Action::kAnalyze
                        : has_option(node["options"], "full") ? Action::kVacuumFull
                                                              : Action::kVacuum;
  add_each(steps, action, node["rels"]);
  if (steps.empty()) add_step(steps, action);
}

void read_create_as(const Node& node, Steps& steps) {
  const bool view = node["objtype"].text() == "OBJECT_MATVIEW";
  add_step(steps, view ? Action::kCreateMaterializedView : Action::kCreateTable,
           range_name(node["into"]["rel"]))
      .if_not_exists = node["if_not_exists"].yes();
}

void read_comment(const Node& node, Steps& steps) {
  const std::string_view kind = node["objtype"].text();
  if (kind != "OBJECT_TABLE" && kind != "OBJECT_COLUMN") return;
  add_step(steps, Action::kComment,
           list_name(node["object"].body()["items"], kind == "OBJECT_COLUMN" ? 1 : 0));
}

/// The data-modifying statement itself, then those inside its WITH.
void read_data(std::string_view tag, const Node& node, Steps& steps) {
  if (tag == "UpdateStmt" || tag == "DeleteStmt") {
    const Action action = tag == "UpdateStmt" ? Action::kUpdate : Action::kDelete;
    add_step(steps, action, range_name(node["relation"])).all_rows = node["whereClause"].empty();
  }
  if (tag == "InsertStmt") add_step(steps, Action::kInsert, range_name(node["relation"]));
  if (tag == "MergeStmt") add_step(steps, Action::kMerge, range_name(node["relation"]));
  for (const Node& table : node["withClause"]["ctes"]) {
    const Node& query = table.body()["ctequery"];
    read_data(query.tag(), query.body(), steps);
  }
}

void read_tree(const Node& tree, std::string_view text, Steps& steps);

/// With what it makes inside.
void read_create_schema(const Node& node, Steps& steps) {
  std::string name(node["schemaname"].text());
  if (name.empty()) name = node["authrole"]["rolename"].text();
  Step& step = add_step(steps, Action::kCreateObject, {"", name});
  step.object = "schema";
  step.if_not_exists = node["if_not_exists"].yes();
  const auto first = steps.size();
  for (const Node& element : node["schemaElts"]) read_tree(element, {}, steps);
  for (auto at = first; at < steps.size(); ++at)
    if (steps[at].table.schema.empty()) steps[at].table.schema = name;
}

struct StatementReader {
  std::string_view tag;
  void (*read)(const Node&, Steps&);
};
constexpr std::array kReaders{
    StatementReader{"AlterEnumStmt", read_enum},
    StatementReader{"AlterObjectSchemaStmt", read_set_schema},
    StatementReader{
        "AlterPolicyStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kChangeRowSecurity, range_name(n["table"])); }},
    StatementReader{
        "ClusterStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kCluster, range_name(n["relation"])); }},
    StatementReader{"CommentStmt", read_comment},
    StatementReader{
        "CreateEnumStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kCreateType, list_name(n["typeName"])); }},
    StatementReader{"CreateForeignTableStmt",
                    [](const Node& n, Steps& s) { read_create_table(n["base"], s); }},
    StatementReader{
        "CreatePolicyStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kChangeRowSecurity, range_name(n["table"])); }},
    StatementReader{"CreateSchemaStmt", read_create_schema},
    StatementReader{"CreateStatsStmt",
                    [](const Node& n, Steps& s) { add_each(s, Action::kCreateStatistics, n["relations"]); }},
    StatementReader{"CreateStmt", read_create_table},
    StatementReader{"CreateTableAsStmt", read_create_as},
    StatementReader{
        "CreateTrigStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kCreateTrigger, range_name(n["relation"])); }},
    StatementReader{"DropStmt", read_drop},
    StatementReader{"IndexStmt", read_index},
    StatementReader{"LockStmt",
                    [](const Node& n, Steps& s) {
                      add_each(s, Action::kLockTable, n["relations"]);
                      for (Step& step : s) step.lock_mode = static_cast<int>(n["mode"].number());
                    }},
    StatementReader{"RefreshMatViewStmt",
                    [](const Node& n, Steps& s) {
                      add_step(s, Action::kRefreshMaterializedView, range_name(n["relation"])).concurrently =
                          n["concurrent"].yes();
                    }},
    StatementReader{"ReindexStmt", read_reindex},
    StatementReader{"RenameStmt", read_rename},
    StatementReader{
        "RuleStmt",
        [](const Node& n, Steps& s) { add_step(s, Action::kCreateRule, range_name(n["relation"])); }},
    StatementReader{
        "TruncateStmt",
        [](const Node& n, Steps& s) { add_each(s, Action::kTruncate, n["relations"], is_cascade(n)); }},
    StatementReader{"VacuumStmt", read_vacuum},
};

bool starts_with_any(std::string_view words, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) {
    return words.starts_with(start) && (words.size() == start.size() || words[start.size()] == ' ');
  });
}

bool makes_routine(std::string_view words) {
  return starts_with_any(words, {"CREATE FUNCTION", "CREATE PROCEDURE", "CREATE OR REPLACE FUNCTION",
                                 "CREATE OR REPLACE PROCEDURE"});
}

bool is_worth_parsing(const migrate::Statement& statement) {
  const std::string_view words = statement.words;
  if (statement.kind == StatementKind::kTransaction) return false;
  if (statement.kind == StatementKind::kData) {
    return starts_with_any(words, {"UPDATE", "DELETE", "MERGE", "WITH", "ANALYZE", "ANALYSE"});
  }
  return starts_with_any(words, {"ALTER", "CREATE", "DROP", "TRUNCATE", "REINDEX", "CLUSTER", "REFRESH",
                                 "LOCK", "VACUUM", "COMMENT ON TABLE", "COMMENT ON COLUMN"});
}

void read_tree(const Node& tree, std::string_view text, Steps& steps) {
  const std::string_view tag = tree.tag();
  if (tag == "AlterTableStmt") return read_alter_table(tree.body(), text, steps);
  const auto found =
      std::find_if(kReaders.begin(), kReaders.end(), [&](const StatementReader& r) { return r.tag == tag; });
  if (found != kReaders.end()) return found->read(tree.body(), steps);
  if (read_created_object(tree, steps)) return;
  read_data(tag, tree.body(), steps);
}

}  // namespace

Step& add_step(Steps& steps, Action action, Name table, std::string_view name) {
  Step& step = steps.emplace_back();
  step.action = action;
  step.table = std::move(table);
  step.name = name;
  return step;
}

/// The name that comes next, with its schema if it has one; empty when none does.
Name next_name(migrate::Scanner& scanner) {
  Name name;
  for (auto token = scanner.next();; token = scanner.next()) {
    const auto part = scanner.slice(token);
    if (token.kind == TokenKind::kWord) {
      name.name = base::to_lower(part);
    } else if (token.kind == TokenKind::kQuoted && part.size() > 2) {
      name.name = part.substr(1, part.size() - 2);
    } else {
      return {};
    }
    token = scanner.next();
    if (token.kind != TokenKind::kDot) return name;
    name.schema = name.name;
  }
}

std::string_view name_space(std::string_view object) {
  constexpr std::array<std::string_view, 7> kOfRelations{
      "", "domain", "foreign table", "materialized view", "sequence", "type", "view"};
  const bool shared = std::find(kOfRelations.begin(), kOfRelations.end(), object) != kOfRelations.end();
  return shared ? std::string_view{} : object;
}

std::string quoted_identifier(std::string_view name) {
  if (is_plain(name)) return std::string(name);
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + '"';
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + quoted_identifier(name);
  return list;
}

std::string Name::text() const {
  return schema.empty() ? quoted_identifier(name) : quoted_identifier(schema) + "." + quoted_identifier(name);
}

Name range_name(const Node& range) {
  return {std::string(range["schemaname"].text()), std::string(range["relname"].text())};
}

Name list_name(const Node& list, std::size_t skip) {
  if (list.size() <= skip) return {};
  const std::size_t last = list.size() - skip - 1;
  const auto part = [&](std::size_t n) {
    return std::string(std::next(list.begin(), static_cast<std::ptrdiff_t>(n))->body()["sval"].text());
  };
  return {last > 0 ? part(last - 1) : "", part(last)};
}

Type read_type(const Node& type_name) {
  Type type;
  type.name = list_name(type_name["names"]).name;
  for (const Node& modifier : type_name["typmods"])
    type.modifiers.push_back(modifier.body()["ival"]["ival"].number());
  type.array = !type_name["arrayBounds"].empty();
  return type;
}

bool is_cascade(const Node& statement) { return statement["behavior"].text() == "DROP_CASCADE"; }

ReadStatement read_statement(const migrate::Statement& statement, std::string_view text) {
  ReadStatement read;
  read.statement = &statement;
  read.text = text;
  if (statement.words.starts_with("INSERT INTO")) {
    add_step(read.steps, Action::kInsert, name_at(text, 2));
  } else if (statement.kind == StatementKind::kCopyFromStdin) {
    add_step(read.steps, Action::kInsert, name_at(text, 1));
  } else if (makes_routine(statement.words)) {
    read_create_routine(text, read.steps);
  } else if (is_worth_parsing(statement)) {
    Parser parser;
    if (const auto failure = parser.parse(text)) {
      read.not_analysed = failure->message;
      read.not_analysed_offset = failure->offset;
      read_made(text, read.steps);
    } else {
      read_tree(parser.tree(), text, read.steps);
    }
  }
  if (read.steps.empty()) read.steps.emplace_back();
  return read;
}

}  // namespace bigocean::sql::lint
