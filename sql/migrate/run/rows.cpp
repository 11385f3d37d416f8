// Sends INSERTs of one row of literals with parameters, many in one statement if that has the same effect.
#include "sql/migrate/run/rows.hpp"

#include <algorithm>

namespace bigocean::sql::migrate {
namespace {

// Beyond about 50 rows the server's fixed cost of a statement is negligible.
constexpr std::size_t kRowsOfStatement = 50;
// The server keeps one plan per statement, which grows with its parameters.
constexpr std::size_t kParametersOfStatement = 500;

std::size_t group_size(const LiteralInsert& row) {
  return std::clamp<std::size_t>(kParametersOfStatement / row.values.size(), 1, kRowsOfStatement);
}

}  // namespace

/// False if everything has to be sent as it is written.
bool RowSender::ask(const Connection::Limits& limits) {
  if (!is_asked_) {
    is_asked_ = true;
    independent_.clear();
    parameters_are_literals_ = connection_.execute(interval_units_sql(), limits).rows.empty();
    connection_.keep_statements_anew();
  }
  return parameters_are_literals_;
}

bool RowSender::read_next(std::size_t last) {
  if (!read_ && at_ < last) read_ = read_literal_insert(job_.sql(job_.script.statements[at_]));
  return read_.has_value();
}

std::size_t RowSender::send(std::size_t first, std::size_t last, const Connection::Limits& limits) {
  at_ = first;
  read_.reset();
  while (ask(limits) && read_next(last)) {
    if (!independent_.contains(read_->table)) {
      const auto name = connection_.quote_literal(read_->table);
      independent_.emplace(read_->table,
                           !connection_.execute(rows_are_independent_sql(name), limits).rows.empty());
    }
    begun_at_.clear();
    sent_any_ = true;
    try {
      connection_.stream([&] { return next(last); }, limits);
    } catch (const SqlError& error) {
      const auto begun = begun_at_.at(std::min(error.completed, begun_at_.size() - 1));
      throw PlacedError{error, job_.script.statements[begun].begin};
    }
  }
  return at_;
}

/// Nothing at the end, and before a table that must be asked about first.
const sql::Query* RowSender::next(std::size_t last) {
  if (group_done_ < group_.size()) return one_of_group();
  group_.clear();
  group_done_ = 0;
  const auto first = at_;
  while (read_next(last)) {
    const auto independent = independent_.find(read_->table);
    if (independent == independent_.end() || (!group_.empty() && !joins(group_.back(), *read_))) break;
    group_.push_back(std::move(*read_));
    read_.reset();
    ++at_;
    if (!independent->second || group_.size() == group_size(group_.front())) break;
  }
  if (group_.empty()) return nullptr;
  if (group_.size() < group_size(group_.front())) return one_of_group();
  // All groups are of one size, so that the server sees few statements.
  group_done_ = group_.size();
  begun_at_.push_back(first);
  statement_ = with_parameters(group_);
  return &statement_;
}

const sql::Query* RowSender::one_of_group() {
  begun_at_.push_back(at_ - (group_.size() - group_done_));
  statement_ = with_parameters({&group_[group_done_++], 1});
  return &statement_;
}

}  // namespace bigocean::sql::migrate
