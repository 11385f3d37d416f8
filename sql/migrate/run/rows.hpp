// Sends INSERTs of one row of literals with parameters, many in one statement if that has the same effect.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/migrate/run/job.hpp"
#include "sql/migrate/run/literal_insert.hpp"

namespace bigocean::sql::migrate {

/// Sends rows of one job into the open transaction. The connection and the job must outlive it.
class RowSender {
 public:
  RowSender(Connection& connection, const Job& job) : connection_(connection), job_(job) {}

  /// Call it after anything else has run: that may have changed tables, or dropped prepared statements.
  void forget() { is_asked_ = false; }

  /// Sends the job's statements [first, last) as far as they can do with parameters; returns the one behind
  /// them. Throws PlacedError.
  std::size_t send(std::size_t first, std::size_t last, const Connection::Limits& limits);

  /// Whether any statement was sent in another form than written.
  bool sent_any() const { return sent_any_; }

 private:
  bool ask(const Connection::Limits& limits);
  bool read_next(std::size_t last);
  const sql::Query* next(std::size_t last);
  const sql::Query* one_of_group();

  Connection& connection_;
  const Job& job_;
  bool sent_any_ = false;
  bool is_asked_ = false;
  bool parameters_are_literals_ = false;
  std::map<std::string, bool, std::less<>> independent_;  ///< by the table's name
  std::size_t at_ = 0;                                    ///< the statement that is read next
  std::optional<LiteralInsert> read_;                     ///< statement at_, if it is one
  std::vector<LiteralInsert> group_;
  std::size_t group_done_ = 0;
  std::vector<std::size_t> begun_at_;  ///< of each that was sent, the first statement of the file in it
  sql::Query statement_;
};

}  // namespace bigocean::sql::migrate
