// What a pre-flight check found: rows with a level, and the verdict over all of them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace bigocean::base {

enum class CheckLevel {
  kOk,
  kInfo,     ///< worth knowing, neither good nor bad
  kWarn,     ///< works today, will hurt
  kFail,     ///< not safe to go on
  kSkipped,  ///< could not be looked at (privilege missing, or an earlier check failed); never means ok
};

/// "ok", "info", "warn", "fail", "skipped".
std::string_view check_level_name(CheckLevel level);

/// One thing that was looked at. No text in it may carry a secret.
struct Check {
  std::string id;  ///< stable, for machines: "memory.policy"
  CheckLevel level = CheckLevel::kOk;
  std::string observed;
  std::string expected;  ///< empty where it is plain from `observed`
  std::string remedy;    ///< what to do, for warn, fail and skipped
  std::optional<std::chrono::microseconds> elapsed;
  bool transient = false;  ///< a failure that time may mend
  std::string waiver{};    ///< why somebody accepts this warning or failure; empty: nobody does
};

struct CheckReport {
  std::string target;  ///< "PostgreSQL at db:5432/app"
  std::vector<Check> checks;
  bool connected = false;  ///< false: a connection stage failed, the other checks did not run
  bool strict = false;     ///< warnings count as failures

  void add(Check check) { checks.push_back(std::move(check)); }
  const Check* find(std::string_view id) const;
  /// Rows of that level which nobody waived.
  std::size_t count(CheckLevel level) const;
  /// Whether `check` makes the whole report a failure.
  bool counts(const Check& check) const;

  /// Something failed, and everything that failed may be mended by time: waiting makes sense.
  bool is_transient() const;
  /// kDone, kUnreachable when the connection failed, kCheckFailed when a check after it did.
  ExitCode exit_code() const;
  /// Why, in one line: the first failure, else how many were ok, and warnings, skipped and waived by id.
  std::string reason() const;
};

/// What the caller of a check wants of its report.
struct CheckPolicy {
  std::vector<std::string> only;               ///< ids to look at; empty: all
  std::map<std::string, std::string> waivers;  ///< id → reason; a failed connection cannot be waived
  bool strict = false;

  /// Leaves out what was not asked for, but never why the connection failed, and marks what is waived.
  void apply(CheckReport& report) const;
};

/// True for the ids of the stages of a connection, which every check goes through.
bool is_connection_stage(std::string_view id);

/// For the end of a remedy: the command that points `variable` at a database service of the same Railway
/// project.
std::string railway_remedy(std::string_view variable, std::string_view service);

/// True where traffic to `host` does not leave the machine or a network that encrypts it or belongs to the
/// deployment alone: unix socket, loopback, a container network's dotless name, *.internal, *.local.
bool is_private_host(std::string_view host);

}  // namespace bigocean::base
