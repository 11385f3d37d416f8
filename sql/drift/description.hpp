// A database's schema as an ordered list of objects, each with the SQL that makes it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bigocean::sql::drift {

/// One thing in the catalogue. Names are qualified and quoted as SQL needs them. Owners, tablespaces, and
/// what a partition or an inheriting table takes over from its parent are not part of it.
struct Object {
  std::string kind;        ///< "table", "column", "grant", …
  std::string identity;    ///< unique among its kind: "public.users.email"
  std::string relation;    ///< table, view or sequence that it belongs to, or is; empty: none
  std::string definition;  ///< a column's clause; a table up to its "("; of everything else a statement
  std::string tail;        ///< of a table: from its ")" on; else empty
  std::string node;        ///< the catalogue's row, for Description::needs; empty where nothing refers to it

  bool is_column() const { return kind == "column"; }
  /// A table, view or sequence itself; not one of its settings, which have its name too.
  bool is_relation() const { return identity == relation && !node.empty(); }
};

struct Description {
  std::vector<Object> objects;  ///< kind by kind, then by identity; a table's columns in their order
  /// (a, b): node a can be made only after node b. Rows that are not described stand for the object that they
  /// are part of: a view's rule for the view, a primary key's index for the constraint.
  std::vector<std::pair<std::string, std::string>> needs;
  /// By node: the schemas, as SQL needs them, of operators that its definition uses, without pg_catalog.
  std::map<std::string, std::vector<std::string>, std::less<>> operators = {};
};

/// The columns of each table, in their order, by the table's name; they live as long as `description`.
using Columns = std::map<std::string_view, std::vector<const Object*>>;
Columns columns_of(const Description& description);

/// The statement (or statements) that make the object; a table's has its columns, one a line.
std::string statement(const Object& object, const Columns& columns);

}  // namespace bigocean::sql::drift
