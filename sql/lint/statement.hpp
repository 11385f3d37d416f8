// What a statement does to which table, taken from its parse tree: the basis of the lint rules and of the
// plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/source/lexer.hpp"

namespace bigocean::sql::lint {

/// The name of a table, index or type, as the parser folds it.
struct Name {
  std::string schema;  ///< empty: the search path decides
  std::string name;

  bool empty() const { return name.empty(); }
  /// "app.users", or "users"; parts that need it are quoted.
  std::string text() const;
  /// True when both may mean the same thing: a name without schema goes with every schema.
  bool matches(const Name& other) const {
    return name == other.name && (schema.empty() || other.schema.empty() || schema == other.schema);
  }
};

/// A name as it is written in SQL: quoted where it has to be.
std::string quoted_identifier(std::string_view name);
/// The same of several, with commas between.
std::string quoted_list(const std::vector<std::string>& names);

/// One thing that a statement does. Every subcommand of an ALTER TABLE is an action of its own, and a CREATE
/// TABLE is kCreateTable with the columns and constraints that follow as kAddColumn and kAddConstraint.
enum class Action {
  kAddColumn,
  kAddConstraint,
  kAddEnumValue,
  kAddIdentity,
  kAlterColumnType,
  kAnalyze,
  kAttachPartition,
  kChangeDefault,      ///< SET or DROP DEFAULT
  kChangeInheritance,  ///< INHERIT, NO INHERIT
  kChangeOptions,      ///< SET (fillfactor = …), SET STATISTICS, CLUSTER ON: no reader or writer notices
  kChangePersistence,  ///< SET LOGGED, SET UNLOGGED
  kChangeRowSecurity,  ///< ENABLE, DISABLE, FORCE; CREATE, ALTER and DROP POLICY
  kChangeStorage,      ///< SET STORAGE, SET COMPRESSION
  kChangeTablespace,
  kChangeTriggers,  ///< ENABLE or DISABLE TRIGGER
  kChangeAccessMethod,
  kChangeOther,  ///< OWNER TO, REPLICA IDENTITY and the rest of ALTER TABLE
  kCluster,
  kComment,
  kCreateIndex,
  kCreateMaterializedView,
  kCreateObject,  ///< see Step::object
  kCreateRule,
  kCreateStatistics,
  kCreateTable,
  kCreateTrigger,
  kCreateType,
  kDelete,
  kDetachPartition,
  kDropColumn,
  kDropConstraint,
  kDropIndex,
  kDropNotNull,
  kDropObject,  ///< see Step::object
  kDropOwned,   ///< by a role
  kDropRule,
  kDropTable,
  kDropTrigger,
  kInsert,  ///< COPY … FROM too
  kLockTable,
  kMerge,
  kOther,  ///< nothing that concerns an existing table, or not looked into
  kRefreshMaterializedView,
  kReindex,
  kReindexIndex,
  kRenameColumn,
  kRenameEnumValue,
  kRenameIndex,
  kRenameObject,  ///< see Step::object; SET SCHEMA too
  kRenameTable,
  kSetNotNull,
  kSetSchema,
  kTruncate,
  kUpdate,
  kVacuum,
  kVacuumFull,
  kValidateConstraint,
};

struct Type {
  std::string name;                     ///< without pg_catalog: "int4", "varchar", "bpchar"
  std::vector<std::int64_t> modifiers;  ///< varchar(20): 20
  bool array = false;
  bool operator==(const Type&) const = default;
};

struct Column {
  Type type;
  bool not_null = false;
  bool has_default = false;  ///< of any kind: DEFAULT, identity, serial, generated
  std::string rewrites;      ///< why adding it rewrites the table: "GENERATED AS IDENTITY"; else empty
  /// Functions of the default: adding the column rewrites the table if one of them is volatile.
  std::vector<std::string> default_calls;
};

struct Constraint {
  enum class Kind { kPrimaryKey, kUnique, kForeignKey, kCheck, kExclude, kNotNull } kind = Kind::kCheck;
  std::vector<std::string> columns;  ///< of the table; of a check none
  Name referenced;                   ///< foreign key
  std::string proves_not_null;       ///< check: the column that it says IS NOT NULL; else empty
  /// What else it says, as SQL with a blank before it: of a foreign key behind the table that it references,
  /// of a key behind the columns of its index, of a check behind its condition.
  std::string details;
  std::string timing;  ///< " DEFERRABLE INITIALLY DEFERRED" or the like; else empty
  bool not_valid = false;
  bool using_index = false;
  /// Of a constraint inside a column that ALTER TABLE adds: the column's name, and its definition without
  /// such constraints; else empty.
  std::string column, column_definition;
  bool of_empty_column = false;  ///< of a column that the same command adds, and that is NULL in every row
};

struct Step {
  Action action = Action::kOther;
  Name table;  ///< or index, view, type, or what `object` says
  /// What kind of object it is, where it is no table or index: "schema", "view", "function", "type",
  /// "domain", "sequence", "extension", "database", "role" …
  std::string_view object;
  std::size_t offset = 0;  ///< of the subcommand in the statement, bytes
  std::string name;        ///< of the column, constraint, index (may be empty) or enum value
  std::optional<Column> column;
  std::optional<Constraint> constraint;
  std::optional<Type> type;          ///< kAlterColumnType: the new one
  std::vector<std::string> columns;  ///< kCreateIndex: leading plain columns
  Name parent;                       ///< kCreateTable: what it inherits from; ATTACH, DETACH: the partition
  bool partition = false;            ///< kCreateTable: of `parent`
  bool with_using = false;           ///< kAlterColumnType: USING with more than a cast
  bool concurrently = false;
  bool if_not_exists = false;
  bool only =
      false;  ///< CREATE INDEX ON ONLY, ALTER TABLE ONLY: a partitioned table's own, which has no rows
  bool cascade = false;
  bool partitioned = false;   ///< kCreateTable: PARTITION BY
  bool all_rows = false;      ///< kUpdate, kDelete: there is no WHERE
  bool not_volatile = false;  ///< kCreateObject: a function that says IMMUTABLE or STABLE
  int lock_mode = 0;          ///< kLockTable: 1 (ACCESS SHARE) to 8 (ACCESS EXCLUSIVE)
};

/// A statement in a file, with what it does; at least one step.
struct ReadStatement {
  const migrate::Statement* statement = nullptr;
  std::string_view text;
  std::vector<Step> steps;
  std::string not_analysed;  ///< the parser's error, if it did not understand
  std::size_t not_analysed_offset = 0;
};

/// The space of names that a kind of object is in: "" for tables, indexes, views, sequences and types, which
/// share one.
std::string_view name_space(std::string_view object);

/// Parses what may concern a table; bulk data and function bodies are not parsed.
ReadStatement read_statement(const migrate::Statement& statement, std::string_view text);

}  // namespace bigocean::sql::lint
