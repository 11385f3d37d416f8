// PostgreSQL's own parse tree of one statement, read from libpg_query's JSON.
#include "sql/lint/tree.hpp"

#include <pg_query.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "sql/migrate/failure.hpp"

namespace bigocean::sql::lint {

/// Receives the JSON reader's events. A statement has a few hundred nodes, so they lie side by side in memory
/// that is given back as a whole; their texts stay where the reader found them.
class TreeBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TreeBuilder> {
 public:
  using Size = rapidjson::SizeType;
  static constexpr std::size_t kDepthExpected = 64;

  TreeBuilder(Node& root, std::pmr::memory_resource& memory) : root_(root), memory_(memory) {
    parents_.reserve(kDepthExpected);
  }

  bool Null() { return scalar({}); }
  bool Bool(bool value) { return scalar(value ? "true" : "false"); }
  bool RawNumber(const char* text, Size size, bool) { return scalar({text, size}); }
  bool String(const char* text, Size size, bool) { return scalar({text, size}); }
  bool Key(const char* text, Size size, bool) {
    key_ = {text, size};
    return true;
  }
  bool StartObject() { return open(); }
  bool StartArray() { return open(); }
  bool EndObject(Size) { return close(); }
  bool EndArray(Size) { return close(); }

 private:
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
    add().text_ = value;
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
  // The reader writes into what it reads: unescaped texts need no place of their own.
  const auto size = std::strlen(result->parse_tree) + 1;
  auto* json = static_cast<char*>(memory_.allocate(size, 1));
  std::memcpy(json, result->parse_tree, size);
  TreeBuilder builder(root_, memory_);
  rapidjson::InsituStringStream stream(json);
  // Not recursively: how deep a statement nests is not for us to say.
  constexpr unsigned kFlags =
      rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  if (rapidjson::Reader().Parse<kFlags>(stream, builder).IsError()) {
    root_ = {};
    return ParseFailure{"the parser's answer is no JSON", 0};
  }
  return std::nullopt;
}

}  // namespace bigocean::sql::lint
