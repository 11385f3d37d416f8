// What is known before a statement runs.
#include "sql/lint/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "sql/lint/locks.hpp"

namespace bigocean::sql::lint {
namespace {

constexpr const char* kAnyColumn = "*";

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool contains(const std::vector<Name>& list, const Name& name) {
  return std::any_of(list.begin(), list.end(), [&](const Name& known) { return known.matches(name); });
}

bool begins_with(const std::vector<std::string>& index, const std::vector<std::string>& columns) {
  return index.size() >= columns.size() && std::is_permutation(columns.begin(), columns.end(), index.begin());
}

bool makes_index(const Step& step) {
  return step.action == Action::kAddConstraint && (step.constraint->kind == Constraint::Kind::kPrimaryKey ||
                                                   step.constraint->kind == Constraint::Kind::kUnique);
}

}  // namespace

void Context::begin_file(const File& file, bool earlier_applied) {
  ++file_;
  if (earlier_applied) first_file_ = file_;
  transaction_ = 0;
  begin_statement(static_cast<std::size_t>(-1));
  // An index may stand below the foreign key that needs it.
  for (const auto& statement : file.statements) {
    for (const auto& step : statement.steps) {
      if (step.action == Action::kCreateIndex) add_index(step.table, step.columns);
      if (makes_index(step)) add_index(step.table, step.constraint->columns);
    }
  }
}

void Context::begin_statement(std::size_t transaction) {
  if (transaction == transaction_) return;
  transaction_ = transaction;
  constraints_.clear();
  types_.clear();
  enum_values_.clear();
  locked_.clear();
}

void Context::after(const Step& step) {
  hold(step);
  learn(step);
}

void Context::hold(const Step& step) {
  for (const auto& lock : locks_of(step)) {
    if (lock.mode != LockMode::kAccessExclusive || is_new(lock.table) || contains(locked_, lock.table))
      continue;
    locked_.push_back(lock.table);
  }
  if (step.action == Action::kAddConstraint) constraints_.push_back(step);
  if (step.action == Action::kCreateType) types_.push_back(step.table);
  if (step.action == Action::kAddEnumValue && !contains(types_, step.table))
    enum_values_.push_back({step.table, step.name});
}

void Context::learn(const Step& step) {
  switch (step.action) {
    case Action::kCreateTable:
    case Action::kCreateType:
    case Action::kCreateMaterializedView:
    case Action::kCreateObject: {
      auto& made = get(step.table, name_space(step.object));
      made.partitioned = step.partitioned;
      made.not_volatile = step.not_volatile;
      // IF NOT EXISTS, OR REPLACE: what was there stays, and is in use.
      const bool was_there = live_ != nullptr && live_->has(step.table, name_space(step.object));
      if (!step.if_not_exists || (!pessimistic_ && !was_there)) made.made_in = file_;
      break;
    }
    case Action::kAddColumn:
      get(step.table).columns[step.name] = step.column->type;
      break;
    case Action::kAlterColumnType:
      get(step.table).columns[step.name] = *step.type;
      break;
    case Action::kRenameTable:
      if (is_new(step.table)) {
        auto& renamed = get({step.table.schema, step.name});
        renamed.made_in = file_;
        renamed.partitioned = is_partitioned(step.table);
      }
      break;
    case Action::kCreateIndex:
      if (!step.name.empty()) {
        auto& index = get({step.table.schema, step.name});
        index.made_in = file_;
        index.partitioned = is_partitioned(step.table);
      }
      break;
    case Action::kAddConstraint:
      if (const auto& column = step.constraint->proves_not_null; !column.empty()) {
        auto& table = get(step.table);
        if (step.constraint->not_valid) {
          table.pending_checks[step.name] = column;
        } else {
          table.not_null_checks.push_back(column);
        }
      }
      break;
    case Action::kValidateConstraint: {
      auto& table = get(step.table);
      if (const auto found = table.pending_checks.find(step.name); found != table.pending_checks.end()) {
        table.not_null_checks.push_back(found->second);
      } else if (const auto* known = live(step.table); known != nullptr) {
        const auto [begin, end] = known->pending_checks.equal_range(step.name);
        for (auto at = begin; at != end; ++at) table.not_null_checks.push_back(at->second);
      } else if (live_ == nullptr && !pessimistic_) {
        table.not_null_checks.push_back(
            kAnyColumn);  // added by an applied file: without a database it is not known
      }
      break;
    }
    default:
      break;
  }
}

const Context::Relation* Context::find(const Name& name, std::string_view space) const {
  const auto [begin, end] = relations_.equal_range(name.name);
  const auto found = std::find_if(begin, end, [&](const auto& entry) {
    return entry.second.space == space && entry.second.name.matches(name);
  });
  return found == end ? nullptr : &found->second;
}

Context::Relation& Context::get(const Name& name, std::string_view space) {
  if (const auto* found = find(name, space); found != nullptr) return const_cast<Relation&>(*found);
  Relation relation;
  relation.name = name;
  relation.space = space;
  return relations_.emplace(name.name, std::move(relation))->second;
}

void Context::add_index(const Name& table, const std::vector<std::string>& columns) {
  indexes_.emplace(table.name, Index{table, columns});
}

bool Context::is_made_now(const Name& name, std::string_view object) const {
  const auto* known = find(name, name_space(object));
  return known != nullptr && known->made_in >= first_file_;
}

bool Context::is_new(const Name& name, std::string_view object) const {
  if (name.empty()) return false;
  if (is_made_now(name, object)) return true;
  return live_ != nullptr && !live_->has(name, name_space(object));
}

bool Context::is_partitioned(const Name& table) const {
  if (const auto* known = find(table); known != nullptr && known->made_in > 0) return known->partitioned;
  const auto* found = live(table);
  return found != nullptr && found->partitioned;
}

bool Context::is_empty(const Name& table) const {
  const auto* found = live(table);
  return found != nullptr && found->empty;
}

std::optional<Type> Context::column_type(const Name& table, const std::string& column) const {
  if (const auto* known = find(table); known != nullptr) {
    if (const auto found = known->columns.find(column); found != known->columns.end()) return found->second;
  }
  if (const auto* found = live(table); found != nullptr) {
    if (const auto type = found->columns.find(column); type != found->columns.end()) return type->second;
  }
  return std::nullopt;
}

bool Context::proven_not_null(const Name& table, const std::string& column) const {
  if (const auto* known = find(table); known != nullptr) {
    if (contains(known->not_null_checks, column) || contains(known->not_null_checks, kAnyColumn)) return true;
  }
  const auto* found = live(table);
  return found != nullptr && contains(found->not_null_checks, column);
}

std::string Context::rewrite_of(const Step& step) const {
  // Types of PostgreSQL itself, which are no domains.
  static const std::set<std::string_view> kPlain{
      "int2",        "int4",     "int8",   "float4", "float8",   "numeric",     "money",  "bool",
      "text",        "varchar",  "bpchar", "bytea",  "date",     "time",        "timetz", "timestamp",
      "timestamptz", "interval", "uuid",   "json",   "jsonb",    "inet",        "cidr",   "macaddr",
      "bit",         "varbit",   "oid",    "xml",    "tsvector", "smallserial", "serial", "bigserial"};
  const auto& column = *step.column;
  if (!column.rewrites.empty()) return column.rewrites;
  for (const auto& call : column.default_calls) {
    const auto kind = volatility(call);
    if (kind == Volatility::kVolatile || (pessimistic_ && kind == Volatility::kUnknown))
      return fmt::format("DEFAULT {}()", call);
  }
  if (live_ != nullptr && live_->is_constrained_domain(column.type.name))
    return column.type.name + " is a domain with a constraint";
  if (pessimistic_ && !kPlain.contains(column.type.name)) return column.type.name + " may be a domain";
  return {};
}

std::string Context::undecided_default(const Step& step) const {
  const auto& calls = step.column->default_calls;
  const auto found = std::find_if(calls.begin(), calls.end(), [&](const std::string& call) {
    return volatility(call) == Volatility::kUnknown;
  });
  return found == calls.end() || !rewrite_of(step).empty() ? std::string{} : *found;
}

Volatility Context::volatility(const std::string& function) const {
  if (const auto* made = find({"", function}, "function"); made != nullptr)
    return made->not_volatile ? Volatility::kNotVolatile : Volatility::kVolatile;
  if (live_ != nullptr) return live_->volatility(function);
  return known_volatility(function);
}

std::optional<bool> Context::has_column_of(const Name& table, const Name& type) const {
  const auto* made = find(table);
  const auto* found = live(table);
  if (found == nullptr && (made == nullptr || made->made_in == 0)) return std::nullopt;
  const auto has = [&](const std::map<std::string, Type>& columns) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const auto& column) { return column.second.name == type.name; });
  };
  return (made != nullptr && has(made->columns)) || (found != nullptr && has(found->columns));
}

bool Context::has_index(const Name& table, const std::vector<std::string>& columns) const {
  const auto [begin, end] = indexes_.equal_range(table.name);
  const bool here = std::any_of(begin, end, [&](const auto& entry) {
    return entry.second.table.matches(table) && begins_with(entry.second.columns, columns);
  });
  if (here) return true;
  const auto* found = live(table);
  return found != nullptr && std::any_of(found->indexes.begin(), found->indexes.end(),
                                         [&](const auto& index) { return begins_with(index, columns); });
}

bool Context::added_in_transaction(const Name& table, const std::string& constraint) const {
  return std::any_of(constraints_.begin(), constraints_.end(),
                     [&](const Step& step) { return step.name == constraint && step.table.matches(table); });
}

}  // namespace bigocean::sql::lint
