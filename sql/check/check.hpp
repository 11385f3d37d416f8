// Is this PostgreSQL fit for the service and its migrations? Every check of `check-db`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "sql/check/deep/deep.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::sql {

/// One thing that is not as it should be: the check's id, the object, and the remedy, as SQL where possible.
struct Finding {
  std::string id;
  std::string object;
  std::string remedy;
};

/// What a database reports about itself. A healthy one needs one round trip, another two.
class Facts {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  Facts(Values values, std::vector<Finding> findings)
      : values_(std::move(values)), findings_(std::move(findings)) {}

  /// Empty when the server said NULL, or is too old to know it.
  std::string_view text(std::string_view name) const;
  bool yes(std::string_view name) const { return text(name) == "t"; }
  std::int64_t number(std::string_view name) const;  ///< 0 if it is empty or not a number
  std::vector<Finding> findings(std::string_view id) const;

 private:
  Values values_;
  std::vector<Finding> findings_;
};

/// What the connection itself knows, beside the facts.
struct SessionFacts {
  std::string host;
  std::string tls_version;  ///< empty: not encrypted
  int backend_pid = 0;
  std::chrono::microseconds asked_at{};    ///< this machine's clock in the middle of the round trip
  std::chrono::microseconds round_trip{};  ///< of the facts
};

/// Which locks reading the facts may take. The usual way reads sequences as nextval() locks them, ROW
/// EXCLUSIVE, and takes less time.
enum class FactLocks { kUsual, kAccessShare };

/// With kAccessShare a server before PostgreSQL 18 that has no XML reads its sequences in the usual way.
Facts read_facts(Connection& connection, const config::Settings& settings,
                 FactLocks locks = FactLocks::kUsual);

/// Rows from the facts alone; asks no server.
std::vector<base::Check> judge(const Facts& facts, const SessionFacts& session,
                               const config::Settings& settings);

/// The part of judge() that is about the server's upkeep: support, archiving, logical replication.
std::vector<base::Check> judge_upkeep(const Facts& facts, const SessionFacts& session,
                                      const config::Settings& settings);

/// Connects to `settings.database.url`, asks, judges. Failures to connect are rows, too. Throws base::Error
/// for a bad URL (kUsage) and on a signal (130/143). With `deep` (may be null) the rows of deep_check()
/// follow.
base::CheckReport check(const config::Settings& settings, const base::Interrupt* interrupt,
                        const DeepOptions* deep = nullptr);

/// The id of every row that check() can report without `deep`, in order.
std::span<const std::string_view> check_ids();

/// The question behind a row of check() or deep_check(), and why it is asked; nothing for an unknown id, and
/// for rows of check() that have no question of their own. Needs no server.
std::optional<base::Explanation> explain_check(std::string_view id, const base::GivenThresholds& given,
                                               const config::Settings& settings);

}  // namespace bigocean::sql
