// Is this PostgreSQL fit for the service and its migrations? Every check of `check-db`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"
#include "sql/connection.hpp"

namespace bigocean::sql {

/// What a database says about itself, asked for in one round trip; values as text, by name.
class Facts {
 public:
  explicit Facts(std::map<std::string, std::string, std::less<>> values) : values_(std::move(values)) {}

  /// Empty when the server said NULL, or is too old to know it.
  std::string_view text(std::string_view name) const;
  bool yes(std::string_view name) const { return text(name) == "t"; }
  std::int64_t number(std::string_view name) const;  ///< 0 when it is none

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// From when on something is worth a warning.
struct CheckThresholds {
  std::chrono::milliseconds idle_in_transaction = std::chrono::minutes(1);
  std::chrono::milliseconds transaction = std::chrono::hours(1);
  std::chrono::milliseconds prepared_transaction = std::chrono::minutes(1);
  std::int64_t transaction_id_age = 1'000'000'000;  ///< of about 2.1 thousand million
  std::int64_t connections_free = 10;
  std::chrono::milliseconds clock_skew = std::chrono::seconds(2);
};

/// What the connection itself knows, beside the facts.
struct SessionFacts {
  std::string host;
  bool encrypted = false;
  int backend_pid = 0;
  std::chrono::microseconds asked_at{};  ///< this machine's clock in the middle of the round trip
};

Facts read_facts(Connection& connection, const config::Settings& settings, const CheckThresholds& thresholds);

/// Rows from facts alone; no server is asked.
std::vector<base::Check> judge(const Facts& facts, const SessionFacts& session,
                               const config::Settings& settings, const CheckThresholds& thresholds);

/// Connects to `url`, asks, judges. Failures to connect are rows, too. Throws base::Error for a bad URL
/// (kUsage) and on a signal (130/143).
base::CheckReport check(const config::Secret& url, const config::Settings& settings,
                        const base::Interrupt* interrupt, const CheckThresholds& thresholds = {});

}  // namespace bigocean::sql
