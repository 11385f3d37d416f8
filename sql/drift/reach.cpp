// Judges files by their text, if no role can be made that confines them to the scratch database.
#include "sql/drift/reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sql/drift/extensions.hpp"
#include "sql/drift/statement_view.hpp"
#include "sql/lint/tree.hpp"

namespace bigocean::sql::drift {
namespace {

using lint::Node;

// If these run functions of the files, their text names them, or a data change fires them.
// clang-format off
constexpr std::array<std::string_view, 53> kStatements{
    "AlterCollationStmt", "AlterDefaultPrivilegesStmt", "AlterDomainStmt", "AlterEnumStmt",
    "AlterFunctionStmt", "AlterObjectDependsStmt", "AlterObjectSchemaStmt", "AlterOwnerStmt",
    "AlterPolicyStmt", "AlterPublicationStmt", "AlterSeqStmt", "AlterStatsStmt", "AlterTableStmt",
    "AlterTypeStmt", "ClusterStmt", "CommentStmt", "CompositeTypeStmt", "ConstraintsSetStmt", "CopyStmt",
    "CreateDomainStmt", "CreateEnumStmt", "CreateExtensionStmt", "CreateFunctionStmt", "CreatePolicyStmt",
    "CreatePublicationStmt", "CreateRangeStmt", "CreateSchemaStmt", "CreateSeqStmt", "CreateStatsStmt",
    "CreateStmt", "CreateTableAsStmt", "CreateTrigStmt", "DefineStmt", "DeleteStmt", "DiscardStmt",
    "DropStmt", "GrantStmt", "IndexStmt", "InsertStmt", "LockStmt", "MergeStmt", "RefreshMatViewStmt",
    "ReindexStmt", "RenameStmt", "RuleStmt", "SelectStmt", "TransactionStmt", "TruncateStmt", "UpdateStmt",
    "VacuumStmt", "VariableSetStmt", "VariableShowStmt", "ViewStmt"};
// clang-format on
constexpr std::array<std::string_view, 4> kTriggerFunctions{
    "moddatetime", "suppress_redundant_updates_trigger", "tsvector_update_trigger",
    "tsvector_update_trigger_column"};
constexpr std::array<std::string_view, 3> kDefinitions{"OBJECT_COLLATION", "OBJECT_TSCONFIGURATION",
                                                       "OBJECT_TSDICTIONARY"};

template <typename List>
bool is_in(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view string_value(const Node& string) { return string.body()["sval"].text(); }

std::string_view last_name(const Node& names) {
  std::string_view last;
  for (const auto& name : names) last = string_value(name);
  return last;
}

/// Of a function or another definition.
const Node& option(const Node& options, std::string_view name) {
  static const Node kNone;
  for (const auto& element : options) {
    if (element.body()["defname"].text() == name) return element.body()["arg"];
  }
  return kNone;
}

/// Functions that the files make.
std::set<std::string, std::less<>> own_functions(const std::vector<migrate::Migration>& migrations) {
  std::set<std::string, std::less<>> own;
  for (const auto& migration : migrations) {
    for_each_statement(migration, [&](const auto& statement, std::string_view text) {
      if (!statement.words.starts_with("CREATE") && !statement.words.starts_with("ALTER")) return;
      lint::Parser parser;
      if (parser.parse(text)) return;  // refused below
      const auto& tree = parser.tree();
      if (tree.tag() == "CreateFunctionStmt") own.emplace(last_name(tree.body()["funcname"]));
      const auto kind = tree.body()["renameType"].text();
      if (kind == "OBJECT_FUNCTION" || kind == "OBJECT_PROCEDURE" || kind == "OBJECT_ROUTINE")
        own.emplace(tree.body()["newname"].text());
    });
  }
  return own;
}

// As CreateTrigStmt has them.
constexpr std::int64_t kOnInsert = 4, kOnDelete = 8, kOnUpdate = 16, kOnTruncate = 32;

/// What a data change may fire: a foreign key that cascades, and a row that moves to another partition,
/// included. 0: it changes no data.
std::int64_t events_of(const Node& node) {
  const auto tag = node.tag();
  if (tag == "InsertStmt" && node.body()["onConflictClause"].empty()) return kOnInsert;
  if (tag == "CopyStmt" && node.body()["is_from"].yes()) return kOnInsert;
  if (tag == "DeleteStmt") return kOnDelete | kOnUpdate;
  if (tag == "TruncateStmt") return kOnTruncate;
  if (tag == "InsertStmt" || tag == "UpdateStmt" || tag == "MergeStmt")
    return kOnInsert | kOnDelete | kOnUpdate;
  return 0;
}

/// Goes through files in their order.
class ReachReader {
 public:
  explicit ReachReader(const std::vector<migrate::Migration>& migrations) : own_(own_functions(migrations)) {}

  /// Why the statement is refused; empty: it is not.
  std::string read(std::string_view text) {
    lint::Parser parser;
    if (const auto failure = parser.parse(text))
      return fmt::format("the parser of PostgreSQL {} does not understand it: {}", lint::parser_version(),
                         failure->message);
    fault_.clear();
    const auto kind = parser.tree().tag();
    if (!is_in(kStatements, kind)) return "statements of this kind are not judged";
    reads_only_ = kind == "SelectStmt" || kind == "CreateTableAsStmt";
    judge_kind(kind, parser.tree().body());
    names_catalog_ = false;
    if (kind != "CreateFunctionStmt") visit(parser.tree());  // a body does not run where it is made
    // A superuser writes to catalogs, through views over them as well.
    if (names_catalog_ && !reads_only_) fail("it does more than read a catalog of the server");
    return fault_;
  }

 private:
  void judge_kind(std::string_view kind, const Node& body) {
    if (kind == "CopyStmt" && (body["is_program"].yes() || !body["filename"].empty()))
      fail("it reads or writes a file of the server, or starts a program there");
    if (kind == "DefineStmt" && !is_in(kDefinitions, body["kind"].text()))
      fail("it gives the server functions to call");
    if (kind == "CreateRangeStmt" &&
        (!option(body["params"], "canonical").empty() || !option(body["params"], "subtype_diff").empty()))
      fail("it gives the server functions to call");
    if (kind == "TransactionStmt" && body["kind"].text().starts_with("TRANS_STMT_PREPARE"))
      fail("a prepared transaction outlives its session");
    if (kind == "VariableSetStmt" &&
        (body["name"].text() == "role" || body["name"].text() == "session_authorization"))
      fail("it takes another role's rights");
    if (kind == "CreateExtensionStmt" && !is_known_extension(std::string(body["extname"].text())))
      fail("it is not known what the extension does");
    if ((kind == "VacuumStmt" && body["rels"].empty()) || (kind == "ReindexStmt" && body["relation"].empty()))
      fail("it works on the catalogs that all databases share");
    if (kind == "CreateFunctionStmt") judge_language(body);
  }

  void judge_language(const Node& body) {
    const auto language = option(body["options"], "language").body()["sval"].text();
    if (!language.empty() && language != "sql" && language != "plpgsql")
      fail(fmt::format("making a function in {} may run code", language));
  }

  void visit(const Node& node) {
    const auto tag = node.tag();
    if (tag == "FuncCall") judge_call(node.body()["funcname"]);
    if (tag == "CreateTrigStmt") judge_trigger(node.body());
    if (tag == "ColumnRef" && node.body()["fields"].size() > 1) judge_field(last_name(node.body()["fields"]));
    if (tag == "A_Indirection") judge_field(last_name(node.body()["indirection"]));
    if (tag == "RuleStmt") has_rules_ = true;
    if (tag == "LockingClause") reads_only_ = false;
    if (node["relname"].text().starts_with("pg_")) names_catalog_ = true;
    if (const auto events = events_of(node);
        (events & fired_) != 0 || (events != 0 && has_rules_ && fired_ != 0))
      fail(fmt::format("it may fire a trigger that calls {}, which the files make", trigger_));
    if (events_of(node) != 0) reads_only_ = false;
    for (const auto& child : node) visit(child);
  }

  void judge_call(const Node& names) {
    const auto name = last_name(names);
    if (own_.contains(name)) {
      fail(fmt::format("it calls {}, which the files make", name));
    } else if (!is_harmless_function(name)) {
      fail(fmt::format("function {} is not known to stay in its database", name));
    }
  }

  /// "row.f" calls f(row).
  void judge_field(std::string_view name) {
    if (own_.contains(name)) fail(fmt::format("it may call {}, which the files make", name));
  }

  void judge_trigger(const Node& body) {
    const auto function = last_name(body["funcname"]);
    if (own_.contains(function)) {
      trigger_ = function;
      fired_ |= body["events"].number();
    } else if (!is_in(kTriggerFunctions, function)) {
      fail(fmt::format("function {} is not known to stay in its database", function));
    }
  }

  void fail(const std::string& why) {
    if (fault_.empty()) fault_ = why;
  }

  std::set<std::string, std::less<>> own_;
  std::string trigger_;         ///< the newest own function that a data change may call from now on
  std::int64_t fired_ = 0;      ///< the events of such triggers
  bool has_rules_ = false;      ///< which make any data change out of any other
  bool reads_only_ = false;     ///< the statement
  bool names_catalog_ = false;  ///< the statement
  std::string fault_;
};

}  // namespace

void refuse_unknown_reach(const std::vector<migrate::Migration>& migrations, const std::string& why_no_role) {
  ReachReader reader(migrations);
  std::string found;
  for (const auto& migration : migrations) {
    for_each_statement(migration, [&](const auto& statement, std::string_view text) {
      const auto fault = reader.read(text);
      if (fault.empty()) return;
      found += fmt::format("\n{}: {}: {}", place_of_statement(migration, statement), statement.words, fault);
    });
  }
  if (found.empty()) return;
  throw base::Error(
      base::ExitCode::kUsage,
      fmt::format("{}, so nothing confines the files to the scratch database, and these statements are not "
                  "run again on this server:{}",
                  why_no_role, found),
      "point --scratch-url at a throwaway server, a container for example; or connect with a role that has "
      "CREATEROLE and CREATEDB");
}

}  // namespace bigocean::sql::drift
