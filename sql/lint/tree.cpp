// PostgreSQL's own parse tree of one statement, read from libpg_query's JSON.
#include "sql/lint/tree.hpp"

#include <pg_query.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sql/migrate/run/failure.hpp"

namespace bigocean::sql::lint {

/// Receives the JSON reader's events. A statement has a few hundred nodes, so they lie side by side in memory
/// that is given back as a whole.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(Node& root, std::pmr::memory_resource& memory) : root_(root), memory_(memory) {}

  bool null() override { return scalar({}); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return scalar(text); }
  bool string(string_t& value) override { return scalar(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    key_ = keep(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    auto* copy = static_cast<char*>(memory_.allocate(text.size(), 1));
    return {copy, text.copy(copy, text.size())};
  }
  Node& add() {
    if (parents_.empty()) return root_;
    Node* node = new (memory_.allocate(sizeof(Node), alignof(Node))) Node();
    node->key_ = std::exchange(key_, {});
    Node& parent = *parents_.back();
    (parent.last_ == nullptr ? parent.first_ : parent.last_->next_) = node;
    parent.last_ = node;
    ++parent.size_;
    return *node;
  }
  bool scalar(std::string_view value) {
    add().text_ = keep(value);
    return true;
  }
  bool open() {
    parents_.push_back(&add());
    return true;
  }
  bool close() {
    parents_.pop_back();
    return true;
  }

  Node& root_;
  std::pmr::memory_resource& memory_;
  std::vector<Node*> parents_;
  std::string_view key_;
};

namespace {

const Node kNothing;

struct FreeResult {
  void operator()(PgQueryParseResult* result) const {
    pg_query_free_parse_result(*result);
    delete result;
  }
};

}  // namespace

const Node& Node::operator[](std::string_view key) const {
  const auto found = std::find_if(begin(), end(), [&](const Node& child) { return child.key_ == key; });
  return found == end() ? kNothing : *found;
}

const Node& Node::body() const { return size_ == 1 ? *first_ : kNothing; }

std::int64_t Node::number() const {
  std::int64_t value = 0;
  std::from_chars(text_.data(), text_.data() + text_.size(), value);
  return value;
}

int parser_version() { return PG_VERSION_NUM / 10000; }

std::optional<ParseFailure> Parser::parse(std::string_view sql) {
  const std::string text(sql);
  const std::unique_ptr<PgQueryParseResult, FreeResult> result(
      new PgQueryParseResult(pg_query_parse(text.c_str())));
  if (result->error != nullptr) {
    const auto position = static_cast<std::size_t>(std::max(result->error->cursorpos, 1));
    return ParseFailure{result->error->message, migrate::byte_of_character(sql, position)};
  }
  TreeBuilder builder(root_, memory_);
  const char* json = result->parse_tree;
  if (!nlohmann::json::sax_parse(json, json + std::strlen(json), &builder)) {
    root_ = {};
    return ParseFailure{"the parser's answer is not JSON", 0};
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
