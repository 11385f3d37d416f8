// check-redis --deep: what people ask of a Redis that has been in use for a while.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deep_check.hpp"
#include "redis/check.hpp"

namespace bigocean::redis {

/// Asks beyond what read_facts() read, and judges both. Reads only, in a few round trips, each within the
/// client's command_timeout; it looks at no more than 1000 keys. What the user may not ask is a skipped row.
/// Throws RedisError when the connection breaks.
std::vector<base::Check> deep_check(Client& client, const Facts& facts, const DeepOptions& options);

/// The id of every row that deep_check() makes, in order.
std::vector<std::string_view> deep_check_ids();

/// Why the row matters, its threshold and the commands; nothing for an unknown id. Needs no server.
std::optional<base::Explanation> explain_check(std::string_view id, const base::GivenThresholds& given);

/// A row of the deep check; `commands` are sent, one in a line.
struct DeepRow {
  std::string_view id;
  base::Threshold threshold;
  std::string_view why;
  std::string_view remedy;  ///< what the remedies do, for people
  std::string_view rules;   ///< of the ACL, without which it cannot be asked
  std::string_view commands;
};

std::span<const DeepRow> deep_rows();

}  // namespace bigocean::redis
