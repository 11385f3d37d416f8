// Writes a description as SQL that makes the schema in an empty database.
#include "sql/drift/schema_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <set>
#include <string_view>
#include <unordered_map>

namespace bigocean::sql::drift {
namespace {

// Bodies may name what comes later; everything else is qualified.
constexpr std::string_view kHead =
    "-- The schema of the database, as `bigocean migrate dump` writes it. Do not edit.\n\n"
    "SET check_function_bodies = false;\n"
    "SET search_path = '';\n";

// An index whose build did not finish: to load it would be to build it.
constexpr std::string_view kNotForText = "-- INVALID";

/// SQL has no way to say which operators CASE a WHEN b, NULLIF, IS DISTINCT FROM, JOIN USING and rows compare
/// by: the parser takes those that search_path leads to.
bool has_unnamed_operator(std::string_view sql) {
  constexpr std::array<std::string_view, 5> kForms{"CASE", "NULLIF(", " DISTINCT FROM ", " USING (", "ROW("};
  return std::any_of(kForms.begin(), kForms.end(),
                     [&](std::string_view form) { return sql.find(form) != std::string_view::npos; });
}

/// For each object, by number, the objects that need it; without columns.
class Needs {
 public:
  explicit Needs(const Description& description)
      : objects_(description.objects), waiting_(objects_.size()), needed_by_(objects_.size()) {
    std::unordered_map<std::string_view, std::size_t> nodes, relations;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (!objects_[i].node.empty()) nodes.emplace(objects_[i].node, i);
      if (objects_[i].is_relation()) relations.emplace(objects_[i].identity, i);
    }
    for (const auto& [node, needed] : description.needs) {
      const auto from = nodes.find(node), to = nodes.find(needed);
      if (from != nodes.end() && to != nodes.end()) add(from->second, to->second);
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const auto to = relations.find(objects_[i].relation);
      if (to != relations.end()) add(i, to->second);
    }
  }

  /// All objects but columns, the first in the list among those whose needs are met first. If objects need
  /// each other in a cycle, the first one breaks it.
  std::vector<const Object*> order() {
    std::set<std::size_t> left;
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (objects_[i].is_column()) continue;
      left.insert(i);
      if (waiting_[i] == 0) ready.push(i);
    }
    std::vector<const Object*> ordered;
    while (!left.empty()) {
      const std::size_t next = ready.empty() ? *left.begin() : ready.top();
      if (!ready.empty()) ready.pop();
      if (left.erase(next) == 0) continue;
      ordered.push_back(&objects_[next]);
      for (const std::size_t user : needed_by_[next]) {
        if (--waiting_[user] == 0) ready.push(user);
      }
    }
    return ordered;
  }

 private:
  void add(std::size_t from, std::size_t to) {
    if (from == to || !needed_by_[to].insert(from).second) return;
    ++waiting_[from];
  }

  const std::vector<Object>& objects_;
  std::vector<std::size_t> waiting_;  ///< how many needs of an object are not yet met
  std::vector<std::set<std::size_t>> needed_by_;
};

}  // namespace

std::string schema_text(const Description& description) {
  const auto columns = columns_of(description);
  std::string text(kHead);
  for (const auto* object : Needs(description).order()) {
    if (object->definition.starts_with(kNotForText)) continue;
    const auto sql = statement(*object, columns);
    const auto operators = description.operators.find(object->node);
    const bool on_path = operators != description.operators.end() && has_unnamed_operator(sql);
    text += on_path ? fmt::format("\nSET search_path = {};\n{}\nSET search_path = '';\n",
                                  fmt::join(operators->second, ", "), sql)
                    : "\n" + sql + "\n";
  }
  return text;
}

}  // namespace bigocean::sql::drift
