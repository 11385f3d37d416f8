// PostgreSQL's own parse tree of one statement, read from libpg_query's JSON.
#include "sql/lint/tree.hpp"

#include <pg_query.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "sql/migrate/failure.hpp"

namespace bigocean::sql::lint {

/// Receives the JSON reader's events.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(Node& root) : root_(root) {}

  bool null() override { return scalar({}); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return scalar(text); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  Node& add() {
    if (stack_.empty()) return root_;
    auto& members = stack_.back()->members_;
    members.emplace_back(std::exchange(key_, {}), Node{});
    return members.back().second;
  }
  bool scalar(std::string value) {
    add().scalar_ = std::move(value);
    return true;
  }
  bool open() {
    // A pointer into a vector stays good: nothing is added to the parent before this node is closed.
    stack_.push_back(&add());
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  Node& root_;
  std::vector<Node*> stack_;
  std::string key_;
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
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const auto& m) { return m.first == key; });
  return found == members_.end() ? kNothing : found->second;
}

const Node& Node::body() const { return members_.size() == 1 ? members_[0].second : kNothing; }

std::int64_t Node::number() const {
  std::int64_t value = 0;
  std::from_chars(scalar_.data(), scalar_.data() + scalar_.size(), value);
  return value;
}

int parser_version() { return PG_VERSION_NUM / 10000; }

ParsedStatement parse_statement(std::string_view sql) {
  const std::string text(sql);
  const std::unique_ptr<PgQueryParseResult, FreeResult> result(
      new PgQueryParseResult(pg_query_parse(text.c_str())));
  if (result->error != nullptr) {
    const auto position = static_cast<std::size_t>(std::max(result->error->cursorpos, 1));
    return {{}, ParseFailure{result->error->message, migrate::byte_of_character(sql, position)}};
  }
  ParsedStatement parsed;
  TreeBuilder builder(parsed.root);
  if (!nlohmann::json::sax_parse(result->parse_tree, &builder))
    return {{}, ParseFailure{"the parser's answer is no JSON", 0}};
  return parsed;
}

}  // namespace bigocean::sql::lint
