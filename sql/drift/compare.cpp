// Finds where two descriptions differ.
#include "sql/drift/compare.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

namespace bigocean::sql::drift {
namespace {

using Key = std::pair<std::string_view, std::string_view>;

/// One side, ready to be asked.
class Side {
 public:
  explicit Side(const Description& description)
      : description_(description), columns_(columns_of(description)) {
    for (const auto& object : description.objects) {
      objects_.emplace(Key(object.kind, object.identity), &object);
      if (object.is_relation()) relations_.insert(object.relation);
    }
  }

  const Object* find(const Object& object) const {
    const auto found = objects_.find(Key(object.kind, object.identity));
    return found == objects_.end() ? nullptr : found->second;
  }
  bool has_relation(const std::string& name) const { return relations_.contains(name); }

  /// The object with everything that belongs to it.
  std::string whole(const Object& object) const {
    std::string text = statement(object, columns_);
    if (!object.is_relation()) return text;
    for (const auto& part : description_.objects) {
      if (&part != &object && part.relation == object.relation && !part.is_column())
        text += "\n" + part.definition;
    }
    return text;
  }

  /// The columns that `other` has, too: "id, name".
  std::string order(const Object& table, const Side& other) const {
    std::string text;
    const auto found = columns_.find(table.identity);
    if (!table.is_relation() || found == columns_.end()) return text;
    for (const auto* column : found->second) {
      if (other.find(*column) == nullptr) continue;
      text += (text.empty() ? "" : ", ") + column->identity.substr(table.identity.size() + 1);
    }
    return text;
  }

 private:
  const Description& description_;
  Columns columns_;
  std::map<Key, const Object*> objects_;
  std::set<std::string_view> relations_;
};

/// Without the name of a NOT NULL constraint that the server has given: it is made of the table's and the
/// column's names of that time, and databases from before PostgreSQL 18 have got it by other ones.
std::string without_given_name(const Object& object) {
  constexpr std::string_view kBefore = " CONSTRAINT ", kAfter = " NOT NULL", kGiven = "_not_null";
  const auto& text = object.definition;
  const auto after = text.rfind(kAfter);
  if (after == text.npos || !(object.is_column() || object.kind == "not null")) return text;
  const auto before = text.rfind(kBefore, after);
  if (before == text.npos) return text;
  auto name = std::string_view(text).substr(before + kBefore.size(), after - before - kBefore.size());
  if (name.ends_with('"')) name.remove_suffix(1);
  name = name.substr(0, name.find_last_not_of("0123456789") + 1);
  return name.ends_with(kGiven) ? text.substr(0, before) + text.substr(after) : text;
}

bool same(const Object& one, const Object& other) {
  return one.tail == other.tail &&
         (one.definition == other.definition || without_given_name(one) == without_given_name(other));
}

/// Whether only the table that it belongs to is reported, since the other side does not have that table.
bool goes_with_its_table(const Object& object, const Side& other) {
  return !object.is_relation() && !object.relation.empty() && !other.has_relation(object.relation);
}

}  // namespace

std::string_view change_name(Change change) {
  switch (change) {
    case Change::kMissing:
      return "missing";
    case Change::kExtra:
      return "extra";
    case Change::kDifferent:
      return "different";
    case Change::kOrder:
      break;
  }
  return "order";
}

std::vector<Difference> compare(const Description& migrations, const Description& database) {
  const Side expected(migrations), actual(database);
  std::vector<Difference> differences;
  for (const auto& object : migrations.objects) {
    const auto* found = actual.find(object);
    if (found == nullptr) {
      if (!goes_with_its_table(object, actual))
        differences.push_back({Change::kMissing, object.kind, object.identity, expected.whole(object), ""});
      continue;
    }
    if (!same(object, *found)) {
      differences.push_back({Change::kDifferent, object.kind, object.identity,
                             object.definition + object.tail, found->definition + found->tail});
    }
    const auto order = expected.order(object, actual), order_there = actual.order(*found, expected);
    if (order != order_there)
      differences.push_back({Change::kOrder, object.kind, object.identity, order, order_there});
  }
  for (const auto& object : database.objects) {
    if (expected.find(object) == nullptr && !goes_with_its_table(object, expected))
      differences.push_back({Change::kExtra, object.kind, object.identity, "", actual.whole(object)});
  }
  return differences;
}

void ignore(Description& description, const std::string& pattern) {
  const auto matches = [&](const std::string& name) {
    return !name.empty() && ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  };
  std::erase_if(description.objects,
                [&](const Object& object) { return matches(object.identity) || matches(object.relation); });
}

}  // namespace bigocean::sql::drift
