// What the live database knows about the tables that pending files touch: size, rows, traffic, columns.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lint/file.hpp"
#include "sql/lint/volatility.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql::lint {

struct Partition {
  Name name;
  Name parent;
  bool partitioned = false;
};

struct LiveTable {
  Name name;
  std::int64_t oid = 0;
  bool visible = false;    ///< by the search path
  bool empty = false;      ///< not a single page: no rows for certain
  std::int64_t rows = -1;  ///< estimate of the statistics; -1: never analysed
  std::int64_t bytes = 0;  ///< of the table with its partitions, without indexes
  std::int64_t index_bytes = 0;
  Name partition_of;                  ///< empty: it is none
  bool partitioned = false;           ///< it has partitions of its own, and no rows but theirs
  std::vector<Partition> partitions;  ///< of it and of its partitions, from the top down
  double reads_per_second = 0;        ///< scans begun, averaged since the statistics were reset
  double writes_per_second = 0;       ///< rows written, the same
  std::map<std::string, Type> columns;
  std::vector<std::string> not_null_checks;  ///< columns that a validated CHECK (x IS NOT NULL) covers
  /// The same of NOT VALID ones: constraint and column.
  std::multimap<std::string, std::string> pending_checks;
  std::vector<std::vector<std::string>> indexes;  ///< leading columns of each valid index

  /// "12.3 million rows, 3.4 GB".
  std::string size_text() const;
};

/// Tables by name; the name of an index or of a materialized view leads to its table, too.
class LiveTables {
 public:
  /// One round trip for everything that `files` name. Throws what Connection does.
  static LiveTables read(Connection& connection, const std::vector<File>& files);
  /// The same for relations of these names, in any schema.
  static LiveTables read(Connection& connection, const std::set<std::string>& relations_named);

  /// The table that the name means: by schema, else the visible one, else the largest of that name. Null if
  /// the database has none.
  const LiveTable* find(const Name& name) const;
  /// Whether the database has something of this name in a space of names, see name_space().
  bool has(const Name& name, std::string_view space) const;
  /// Of a function by its name; of several of that name the worst counts. kUnknown: there is none.
  Volatility volatility(const std::string& function) const;
  /// Whether a type is a domain with a CHECK or NOT NULL, also by the domain that it is based on.
  bool is_constrained_domain(const std::string& type) const { return constrained_domains_.contains(type); }

 private:
  struct Object {
    std::string space, schema;
    bool is_volatile = false;  ///< a function
  };
  std::multimap<std::string, LiveTable> tables_;
  std::multimap<std::string, Object> objects_;  ///< that are no tables or indexes
  std::set<std::string> constrained_domains_;
};

}  // namespace bigocean::sql::lint
