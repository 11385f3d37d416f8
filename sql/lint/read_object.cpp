// CREATE, DROP, RENAME TO and SET SCHEMA of what is no table: schemas, views, functions, types and the rest.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/lint/read.hpp"

namespace bigocean::sql::lint {
namespace {

using migrate::TokenKind;
using Steps = std::vector<Step>;

struct ObjectWord {
  std::string_view kind;  ///< the parser's
  std::string_view word;
};
constexpr std::array kObjects{
    ObjectWord{"OBJECT_AGGREGATE", "function"},
    ObjectWord{"OBJECT_COLLATION", "collation"},
    ObjectWord{"OBJECT_DATABASE", "database"},
    ObjectWord{"OBJECT_DOMAIN", "domain"},
    ObjectWord{"OBJECT_EXTENSION", "extension"},
    ObjectWord{"OBJECT_FOREIGN_TABLE", "foreign table"},
    ObjectWord{"OBJECT_FUNCTION", "function"},
    ObjectWord{"OBJECT_MATVIEW", "materialized view"},
    ObjectWord{"OBJECT_OPERATOR", "operator"},
    ObjectWord{"OBJECT_PROCEDURE", "function"},
    ObjectWord{"OBJECT_ROLE", "role"},
    ObjectWord{"OBJECT_ROUTINE", "function"},
    ObjectWord{"OBJECT_SCHEMA", "schema"},
    ObjectWord{"OBJECT_SEQUENCE", "sequence"},
    ObjectWord{"OBJECT_TSCONFIGURATION", "text search configuration"},
    ObjectWord{"OBJECT_TYPE", "type"},
    ObjectWord{"OBJECT_VIEW", "view"},
};

/// Empty: a table, or a kind that no statement of an app names (a trigger, a policy).
std::string_view object_word(std::string_view kind) {
  const auto found =
      std::find_if(kObjects.begin(), kObjects.end(), [&](const ObjectWord& o) { return o.kind == kind; });
  return found == kObjects.end() ? std::string_view{} : found->word;
}

/// The name of an object, in whichever form the parser gives those of its kind.
Name object_name(const Node& object) {
  const Node& body = object.body();
  if (object.tag() == "String") return {"", std::string(body["sval"].text())};
  if (object.tag() == "ObjectWithArgs") return list_name(body["objname"]);
  if (object.tag() == "TypeName") return list_name(body["names"]);
  return list_name(body["items"]);
}

/// Of an ALTER: some kinds have their name as a relation, some as an object, some as a word.
Name altered_name(const Node& node) {
  if (!node["relation"].empty()) return range_name(node["relation"]);
  if (!node["object"].empty()) return object_name(node["object"]);
  return {"", std::string(node["subname"].text())};
}

Step& add_object(Steps& steps, Action action, std::string_view object, Name name) {
  Step& step = add_step(steps, action, std::move(name));
  step.object = object;
  return step;
}

struct CreateForm {
  std::string_view tag;
  std::string_view object;  ///< empty: the statement says it as `kind`
  std::string_view key;     ///< of the name: a RangeVar, a list or a word
};
constexpr std::array kCreateForms{
    CreateForm{"CompositeTypeStmt", "type", "typevar"},
    CreateForm{"CreateDomainStmt", "domain", "domainname"},
    CreateForm{"CreateExtensionStmt", "extension", "extname"},
    CreateForm{"CreateRangeStmt", "type", "typeName"},
    CreateForm{"CreateRoleStmt", "role", "role"},
    CreateForm{"CreateSeqStmt", "sequence", "sequence"},
    CreateForm{"CreatedbStmt", "database", "dbname"},
    CreateForm{"DefineStmt", "", "defnames"},
    CreateForm{"ViewStmt", "view", "view"},
};

}  // namespace

void read_drop(const Node& node, Steps& steps) {
  const std::string_view kind = node["removeType"].text();
  for (const Node& object : node["objects"]) {
    const Node& names = object.body()["items"];
    if (const auto word = object_word(kind); !word.empty())
      add_object(steps, Action::kDropObject, word, object_name(object)).cascade = is_cascade(node);
    if (kind == "OBJECT_TABLE")
      add_step(steps, Action::kDropTable, list_name(names)).cascade = is_cascade(node);
    if (kind == "OBJECT_INDEX")
      add_step(steps, Action::kDropIndex, list_name(names)).concurrently = node["concurrent"].yes();
    if (kind == "OBJECT_TRIGGER") add_step(steps, Action::kDropTrigger, list_name(names, 1));
    if (kind == "OBJECT_RULE") add_step(steps, Action::kDropRule, list_name(names, 1));
    if (kind == "OBJECT_POLICY") add_step(steps, Action::kChangeRowSecurity, list_name(names, 1));
  }
}

void read_rename(const Node& node, Steps& steps) {
  const std::string_view kind = node["renameType"].text();
  const auto table = range_name(node["relation"]);
  if (const auto word = object_word(kind); !word.empty())
    add_object(steps, Action::kRenameObject, word, altered_name(node)).name = node["newname"].text();
  if (kind == "OBJECT_TABLE") add_step(steps, Action::kRenameTable, table, node["newname"].text());
  if (kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE")
    add_step(steps, Action::kRenameColumn, table, node["subname"].text());
  if (kind == "OBJECT_INDEX") add_step(steps, Action::kRenameIndex, table, node["newname"].text());
  if (kind == "OBJECT_TABCONSTRAINT") add_step(steps, Action::kChangeOther, table, node["subname"].text());
}

void read_set_schema(const Node& node, Steps& steps) {
  const std::string_view kind = node["objectType"].text();
  if (kind == "OBJECT_TABLE") add_step(steps, Action::kSetSchema, range_name(node["relation"]));
  if (const auto word = object_word(kind); !word.empty())
    add_object(steps, Action::kRenameObject, word, altered_name(node));
}

bool read_created_object(const Node& tree, Steps& steps) {
  const Node& node = tree.body();
  if (tree.tag() == "DropOwnedStmt" || tree.tag() == "DropRoleStmt") {
    const Action action = tree.tag() == "DropRoleStmt" ? Action::kDropObject : Action::kDropOwned;
    for (const Node& role : node["roles"])
      add_object(steps, action, "role", {"", std::string(role.body()["rolename"].text())});
    return true;
  }
  if (tree.tag() == "DropdbStmt") {
    add_object(steps, Action::kDropObject, "database", {"", std::string(node["dbname"].text())});
    return true;
  }
  const auto form = std::find_if(kCreateForms.begin(), kCreateForms.end(),
                                 [&](const CreateForm& f) { return f.tag == tree.tag(); });
  if (form == kCreateForms.end()) return false;
  const Node& named = node[form->key];
  const auto word = form->object.empty() ? object_word(node["kind"].text()) : form->object;
  if (word.empty()) return true;
  add_object(steps, Action::kCreateObject, word,
             !named.text().empty()       ? Name{"", std::string(named.text())}
             : !named["relname"].empty() ? range_name(named)
                                         : list_name(named))
      .if_not_exists = node["if_not_exists"].yes() || node["replace"].yes();
  return true;
}

void read_create_routine(std::string_view text, Steps& steps) {
  migrate::Scanner scanner(text);
  const auto is_word = [&](const migrate::Token& token, std::string_view word) {
    return token.kind == TokenKind::kWord && base::equals_ignoring_case(scanner.slice(token), word);
  };
  bool replace = false;
  auto token = scanner.next();
  for (; token.kind != TokenKind::kEnd && !is_word(token, "FUNCTION") && !is_word(token, "PROCEDURE");
       token = scanner.next())
    replace = replace || is_word(token, "REPLACE");
  Step& step = add_object(steps, Action::kCreateObject, "function", next_name(scanner));
  step.if_not_exists = replace;
  for (token = scanner.next(); token.kind != TokenKind::kEnd; token = scanner.next())
    step.not_volatile = step.not_volatile || is_word(token, "IMMUTABLE") || is_word(token, "STABLE");
}

/// What a statement that the parser does not know makes, by its first words: CREATE … TABLE, VIEW,
/// MATERIALIZED VIEW or TYPE and the name.
void read_made(std::string_view text, Steps& steps) {
  constexpr std::array<std::string_view, 10> kBetween{"OR",      "REPLACE",     "GLOBAL",   "LOCAL",
                                                      "TEMP",    "TEMPORARY",   "UNLOGGED", "RECURSIVE",
                                                      "FOREIGN", "MATERIALIZED"};
  migrate::Scanner scanner(text);
  const auto next_word = [&] { return base::to_upper(scanner.slice(scanner.next())); };
  if (next_word() != "CREATE") return;
  std::string word = next_word();
  bool materialized = false;
  while (std::find(kBetween.begin(), kBetween.end(), word) != kBetween.end()) {
    materialized = materialized || word == "MATERIALIZED";
    word = next_word();
  }
  if (word != "TABLE" && word != "VIEW" && word != "TYPE") return;
  const std::size_t behind = scanner.position();
  const bool if_not_exists = next_word() == "IF" && next_word() == "NOT" && next_word() == "EXISTS";
  if (!if_not_exists) scanner.seek(behind);
  const Action action = word == "TYPE" ? Action::kCreateType
                        : materialized ? Action::kCreateMaterializedView
                                       : Action::kCreateTable;
  Name name = next_name(scanner);
  if (!name.empty()) add_step(steps, action, std::move(name)).if_not_exists = if_not_exists;
}

}  // namespace bigocean::sql::lint
