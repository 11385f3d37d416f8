// PostgreSQL's own parse tree of one statement, as libpg_query gives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::sql::lint {

/// A value of the tree: an object, a list (children without keys) or a scalar. A missing child is an empty
/// node, so a path can be followed without a check at every step.
///
/// Nodes and their texts lie in the tree's memory and live as long as it does.
class Node {
 public:
  /// Walks the children of a node.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = const Node*;
    using reference = const Node&;

    explicit Iterator(const Node* node = nullptr) : node_(node) {}
    const Node& operator*() const { return *node_; }
    const Node* operator->() const { return node_; }
    Iterator& operator++() {
      node_ = node_->next_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const = default;

   private:
    const Node* node_;
  };

  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(); }
  std::size_t size() const { return size_; }

  const Node& operator[](std::string_view key) const;
  bool empty() const { return size_ == 0 && text_.empty(); }

  /// The type's name and content of a wrapped node: {"ColumnDef": {…}}.
  std::string_view tag() const { return size_ == 1 ? first_->key_ : std::string_view(); }
  const Node& body() const;

  std::string_view text() const { return text_; }
  std::int64_t number() const;  ///< 0 when there is none, as the tree leaves out zeros
  bool yes() const { return text_ == "true"; }

 private:
  friend class TreeBuilder;
  std::string_view key_;
  std::string_view text_;
  const Node* first_ = nullptr;
  Node* last_ = nullptr;
  const Node* next_ = nullptr;
  std::size_t size_ = 0;
};

/// The major version of PostgreSQL whose grammar this binary parses with.
int parser_version();

struct ParseFailure {
  std::string message;
  std::size_t offset = 0;  ///< bytes into the statement
};

/// Parses one statement, and owns its tree.
class Parser {
 public:
  Parser() = default;
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// Call it once. Returns what the parser did not understand, if anything: an error in the text, or syntax
  /// newer than parser_version(). Then the tree is empty.
  std::optional<ParseFailure> parse(std::string_view sql);

  /// The statement, wrapped: its tag is "AlterTableStmt" and so on.
  const Node& tree() const { return root_["stmts"].body()["stmt"]; }

 private:
  std::pmr::monotonic_buffer_resource memory_{std::size_t{16} << 10};
  Node root_;
};

}  // namespace bigocean::sql::lint
