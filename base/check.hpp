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
  kWarn,     ///< works today, will cause trouble
  kFail,     ///< it is not safe to continue
  kSkipped,  ///< could not be checked (privilege missing, or an earlier check failed); never means ok
};

/// "ok", "info", "warn", "fail", "skipped".
std::string_view check_level_name(CheckLevel level);

/// One thing that a deep check found: the object, its figure in the unit of the threshold, and the remedy to
/// copy.
struct CheckFinding {
  std::string object;
  std::optional<double> figure;
  std::string remedy;
};

/// What a row of a deep check was measured against.
struct CheckMeasure {
  std::string threshold;  ///< for people: "at least 99 %"
  double limit = 0;
  double floor = 0;    ///< what is smaller is not reported; 0 where there is no floor
  std::string source;  ///< whose number it is
  std::vector<CheckFinding> findings;
};

/// One thing that was checked. No text in it may contain a secret.
struct Check {
  std::string id;  ///< stable, for machines: "memory.policy"
  CheckLevel level = CheckLevel::kOk;
  std::string observed;
  std::string expected;  ///< empty where `observed` makes it clear
  std::string remedy;    ///< what to do, for warn, fail and skipped
  std::optional<std::chrono::microseconds> elapsed;
  bool transient = false;                 ///< a failure that may pass by itself
  std::string waiver{};                   ///< why this warning or failure is accepted; empty: it is not
  std::optional<CheckMeasure> measure{};  ///< of a deep check's own rows
};

struct CheckReport {
  std::string target;  ///< "PostgreSQL at db:5432/app"
  std::vector<Check> checks;
  bool connected = false;  ///< false: a connection stage failed, the other checks did not run
  bool strict = false;     ///< warnings count as failures

  void add(Check check) { checks.push_back(std::move(check)); }
  const Check* find(std::string_view id) const;
  /// The number of rows of that level that are not waived.
  std::size_t count(CheckLevel level) const;
  /// Whether `check` makes the whole report a failure.
  bool counts(const Check& check) const;

  /// Something failed, and every failure is transient: waiting makes sense.
  bool is_transient() const;
  /// kDone; kUnreachable when the connection failed; kCheckFailed when a later check failed.
  ExitCode exit_code() const;
  /// The verdict in one line: the first failure, else how many checks were ok and the ids of warnings; then
  /// the ids of skipped rows (unless nothing could be checked without a connection) and of waived ones.
  std::string reason() const;
};

/// Which rows a report shows, and how strictly it is judged.
struct CheckPolicy {
  std::vector<std::string> only;               ///< ids to look at; empty: all
  std::map<std::string, std::string> waivers;  ///< id → reason; a failed connection cannot be waived
  bool strict = false;

  /// Removes rows that were not asked for (never the reason why the connection failed), and marks waived
  /// rows.
  void apply(CheckReport& report) const;
};

/// True for the ids of the stages of a connection, which every check goes through.
bool is_connection_stage(std::string_view id);

/// The end of a remedy: the command that points `variable` at a database service of the same Railway project.
std::string railway_remedy(std::string_view variable, std::string_view service);

/// True where traffic to `host` stays on this machine, or on a network that encrypts it or belongs to the
/// deployment alone: unix socket, loopback, a container network's dotless name, *.internal, *.local.
bool is_private_host(std::string_view host);

}  // namespace bigocean::base
