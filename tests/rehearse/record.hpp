// What a rehearsal records: deployments and their phases, traffic, statements, faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::rehearse {

/// Seconds since the rehearsal began.
class Stopwatch {
 public:
  double now() const { return at(Clock::now()); }

 private:
  using Clock = std::chrono::steady_clock;
  double at(Clock::time_point time) const { return std::chrono::duration<double>(time - start_).count(); }
  Clock::time_point start_ = Clock::now();
};

enum class Phase { kPreDeploy, kStarting, kStandby, kLive, kOverlap, kDraining };
enum class Outcome { kLive, kPreDeployFailed, kNeverHealthy };
std::string_view name_of(Phase phase);
std::string_view name_of(Outcome outcome);

struct Span {
  Phase phase;
  double from = 0;
  double to = 0;
};

/// One thing that was timed.
struct Sample {
  double at = 0;  ///< when it began
  double milliseconds = 0;
};

struct Fault {
  double at = 0;
  std::string text;
  int times = 1;  ///< the same, from `at` on
};

/// What something that was done over and over came to.
struct Observed {
  std::vector<Sample> samples;  ///< of those that went well
  std::vector<Fault> faults;
};

struct DeploymentRecord {
  int number = 0;
  std::string title;
  Outcome expected = Outcome::kLive;
  Outcome outcome = Outcome::kLive;
  std::string reason;              ///< why it is not live
  std::string overlap_traffic;     ///< "both", "new" or "old" had the traffic in its overlap
  std::vector<Span> spans;         ///< in order
  std::optional<double> ended_at;  ///< when its last process was gone
  int migrations = 0;              ///< applied by it
  int lock_retries = 0;            ///< of a migration that met a held table
  /// Of a migration that met a held table: how long after the table was free it was through.
  std::optional<double> milliseconds_after_release;
  bool ahead = false;          ///< its pre-deploy command found a database that is ahead of it
  std::uint64_t answered = 0;  ///< requests, through the edge
  Observed statements;         ///< of its code
};

/// The edge's counters since the one before.
struct Tick {
  double from = 0;
  double to = 0;
  std::map<int, std::uint64_t> answered;  ///< by deployment
  std::uint64_t failed = 0;               ///< answers other than 2xx, and requests without one
  std::uint64_t retried = 0;              ///< sent once more, to another replica
};

/// What wrk says.
struct LoadResult {
  std::uint64_t requests = 0;
  std::uint64_t bad_statuses = 0;
  std::uint64_t socket_errors = 0;
  double seconds = 0;
  double milliseconds_p50 = 0, milliseconds_p99 = 0, milliseconds_max = 0;
};

/// A setting of the platform, and what it was shortened to.
struct Shortened {
  std::string name;
  std::int64_t real = 0;
  std::int64_t played = 0;
};

struct Rehearsal {
  std::vector<DeploymentRecord> deployments;  ///< the first was there before
  std::vector<Tick> ticks;
  LoadResult load;
  Observed prober;            ///< a steady request through the edge
  std::vector<Fault> faults;  ///< all, from wherever
  std::vector<Shortened> shortened;
  std::string route;
  std::string edge;     ///< the proxy's name and version
  std::string servers;  ///< the databases' names and versions, and the images that they stand for
  int replicas = 1;
  double load_from = 0, load_to = 0;
  std::optional<double> lock_timeout_ms;    ///< of the migration that met a held table
  std::optional<double> statement_wait_ms;  ///< the longest that a statement took meanwhile
  double statement_ms_otherwise = 0;        ///< the longest at any other time
};

}  // namespace bigocean::rehearse
