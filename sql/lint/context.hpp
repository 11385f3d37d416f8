// What is known before a statement runs: the tables of the files so far, and what its transaction holds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/lint/file.hpp"
#include "sql/lint/live.hpp"
#include "sql/lint/volatility.hpp"

namespace bigocean::sql::lint {

class Context {
 public:
  /// `live` may be null: then only the files are known. `pessimistic`: what the database would have to be
  /// asked about counts as the worse of the answers.
  explicit Context(const LiveTables* live, bool pessimistic = false)
      : live_(live), pessimistic_(pessimistic) {}

  /// Call it before a file's statements. `earlier_applied`: what earlier files made is there and in use.
  void begin_file(const File& file, bool earlier_applied);
  /// Call it before a statement's first step, and after each of its steps.
  void begin_statement(std::size_t transaction);
  void after(const Step& step);

  /// Made by the files of this run, or not in the database: no session uses it yet. `object` is as in Step.
  bool is_new(const Name& name, std::string_view object = {}) const;
  /// Made by the files of this run.
  bool is_made_now(const Name& name, std::string_view object = {}) const;
  bool is_partitioned(const Name& table) const;
  /// The database has it, and it has no rows.
  bool is_empty(const Name& table) const;
  const LiveTable* live(const Name& table) const { return live_ == nullptr ? nullptr : live_->find(table); }
  std::optional<Type> column_type(const Name& table, const std::string& column) const;
  /// A validated CHECK says that the column has no NULL, so that SET NOT NULL need not look.
  bool proven_not_null(const Name& table, const std::string& column) const;
  /// Why a kAddColumn step rewrites the table; empty: it does not, or that is not known.
  std::string rewrite_of(const Step& step) const;
  /// The function of a kAddColumn step's default that decides whether the table is rewritten, and of which it
  /// is not known whether it is volatile; empty: there is none.
  std::string undecided_default(const Step& step) const;
  /// An index, primary key or unique constraint begins with these columns, in any order.
  bool has_index(const Name& table, const std::vector<std::string>& columns) const;
  /// The constraint was added by this transaction.
  bool added_in_transaction(const Name& table, const std::string& constraint) const;
  struct EnumValue {
    Name type;
    std::string value;
  };
  const std::vector<EnumValue>& enum_values_in_transaction() const { return enum_values_; }
  /// Whether one of the table's columns has the type, or an array of it; nullopt: the columns are not known.
  std::optional<bool> has_column_of(const Name& table, const Name& type) const;
  /// Tables in use that this transaction has locked ACCESS EXCLUSIVE.
  const std::vector<Name>& locked_in_transaction() const { return locked_; }

 private:
  struct Relation {  ///< a table, an index, a type, or another object of a space of its own
    Name name;
    std::string_view space;
    std::size_t made_in = 0;  ///< the number of the file that made it; 0: none of this run
    std::map<std::string, Type> columns;
    std::vector<std::string> not_null_checks;           ///< columns that a valid CHECK covers
    std::map<std::string, std::string> pending_checks;  ///< constraint not validated yet → column
    bool partitioned = false;
    bool not_volatile = false;  ///< a function
  };
  struct Index {
    Name table;
    std::vector<std::string> columns;
  };

  const Relation* find(const Name& name, std::string_view space = {}) const;
  Relation& get(const Name& name, std::string_view space = {});
  Volatility volatility(const std::string& function) const;
  void add_index(const Name& table, const std::vector<std::string>& columns);
  void learn(const Step& step);
  void hold(const Step& step);

  const LiveTables* live_;
  bool pessimistic_;
  std::unordered_multimap<std::string, Relation> relations_;  ///< by name without schema
  std::unordered_multimap<std::string, Index> indexes_;       ///< by the table's name without schema
  std::size_t file_ = 0;                                      ///< number of the present file, from 1
  std::size_t first_file_ = 1;                                ///< what this file and later ones made is new
  std::size_t transaction_ = 0;
  std::vector<Step> constraints_;  ///< that this transaction added
  std::vector<Name> types_;        ///< that it made
  std::vector<EnumValue> enum_values_;
  std::vector<Name> locked_;
};

}  // namespace bigocean::sql::lint
