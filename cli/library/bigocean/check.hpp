// Checks whether a PostgreSQL and a Redis are fit for a service. Public: installed as <bigocean/check.hpp>.
//
// Link bigocean::check.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bigocean/call.hpp"

namespace bigocean {

enum class CheckLevel {
  kOk,
  kInfo,     ///< neither good nor bad
  kWarn,     ///< works now, and will cause trouble
  kFail,     ///< the service cannot rely on it
  kSkipped,  ///< could not be looked at; never means ok
};

/// One row: what was looked at, and what was seen. No text holds a password.
struct Check {
  std::string id;  ///< stable: "memory.policy"; docs/checks.md has all of them
  CheckLevel level = CheckLevel::kOk;
  std::string observed;
  std::string expected;    ///< empty where `observed` says it
  std::string remedy;      ///< what to do, of kWarn, kFail and kSkipped
  bool transient = false;  ///< a failure that may end by itself
};

struct CheckOptions {
  std::string url;                                      ///< of the server; required
  std::optional<std::chrono::milliseconds> timeout{};   ///< of the whole connection; unset: 5 s
  std::optional<std::chrono::milliseconds> deadline{};  ///< of one statement or command
  const Stop* stop = nullptr;                           ///< may be null
};

struct CheckResult {
  std::string target;  ///< "PostgreSQL at db:5432/app"
  std::vector<Check> checks;
  bool connected = false;  ///< false: a stage of the connection failed, and the other rows are missing
  std::optional<CallError> error;  ///< the options are wrong, or the call was stopped

  /// Connected, and no row is kFail.
  bool ok() const;
};

/// The rows of `bigocean check-db`. Changes nothing in the database. Blocks no longer than its time-outs.
/// Thread-safe; throws only std::bad_alloc.
CheckResult check_postgresql(const CheckOptions& options);

/// The rows of `bigocean check-redis`. Writes one key of its own, which expires. Otherwise as above.
CheckResult check_redis(const CheckOptions& options);

}  // namespace bigocean
