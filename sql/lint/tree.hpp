// PostgreSQL's own parse tree of one statement, as libpg_query gives it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bigocean::sql::lint {

/// A value of the tree: an object, a list (members without keys) or a scalar. What is missing is an empty
/// node, so that a path can be followed without asking at every step.
class Node {
 public:
  using Members = std::vector<std::pair<std::string, Node>>;

  const Node& operator[](std::string_view key) const;
  /// The members: of an object with their keys, of a list without.
  const Members& members() const { return members_; }
  bool empty() const { return members_.empty() && scalar_.empty(); }

  /// The type's name and content of a wrapped node: {"ColumnDef": {…}}.
  std::string_view tag() const { return members_.size() == 1 ? std::string_view(members_[0].first) : ""; }
  const Node& body() const;

  const std::string& text() const { return scalar_; }
  std::int64_t number() const;  ///< 0 when there is none, as the tree leaves out zeros
  bool yes() const { return scalar_ == "true"; }

 private:
  friend class TreeBuilder;
  Members members_;
  std::string scalar_;
};

/// The major version of PostgreSQL whose grammar this binary parses with.
int parser_version();

struct ParseFailure {
  std::string message;
  std::size_t offset = 0;  ///< bytes into the statement
};

/// The tree of one statement, wrapped: its tag is "AlterTableStmt" and so on. Without a tree `failure` says
/// what the parser did not understand: an error in the text, or syntax newer than parser_version().
struct ParsedStatement {
  Node root;
  std::optional<ParseFailure> failure;
  const Node& tree() const { return root["stmts"].body()["stmt"]; }
};
ParsedStatement parse_statement(std::string_view sql);

}  // namespace bigocean::sql::lint
