// check-db --deep: what people ask of a database that has been in use for a while.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deep_check.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

struct DeepOptions {
  base::GivenThresholds thresholds;      ///< by row
  std::vector<std::string> only;         ///< rows to ask; empty: all
  std::chrono::milliseconds timeout{0};  ///< of each question, on the server and here
};

/// Asks one question after the other, each in a read-only transaction of its own with a time-out, without any
/// lock above ACCESS SHARE. What cannot be answered (a privilege is missing, a lock or the time-out) is a
/// skipped row with its reason. Throws ConnectionLost, and base::Error 130/143 on a signal.
std::vector<base::Check> deep_check(Connection& connection, const DeepOptions& options);

/// The id of every row that deep_check() makes, in order.
std::vector<std::string_view> deep_check_ids();

/// Why the row matters, its threshold and the SQL that is asked; nothing for an unknown id. Needs no server.
std::optional<base::Explanation> explain_deep_row(std::string_view id, const base::GivenThresholds& given);

}  // namespace bigocean::sql
