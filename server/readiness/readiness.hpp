// Readiness: keeps the latest findings in memory, and answers /ready.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"
#include "server/readiness/probe.hpp"

namespace bigocean::server {

/// A moment at which the state of a dependency changed, or the service began to drain.
struct ReadinessChange {
  std::chrono::system_clock::time_point at;
  std::string name;  ///< of the dependency; "draining"
  ProbeStatus status = ProbeStatus::kFail;
  std::string output;
  bool ready = false;  ///< whether the service as a whole was ready from then on
};

/// "pass", "warn", "fail".
std::string_view probe_status_name(ProbeStatus status);

/// 2026-11-29T12:00:00Z
std::string rfc3339(std::chrono::system_clock::time_point time);

/// Thread-safe. The service is ready when the latest finding of every dependency is recent and not a failure,
/// and it is not draining. Once the service has been ready, a failure of a spared dependency is only a
/// warning: otherwise all replicas would leave the load balancer together for something that each can work
/// without.
class Readiness {
 public:
  using Clock = std::chrono::system_clock;

  /// `names` are the dependencies; `spared` are those that the service can work without. A finding older than
  /// `stale_after` counts as a failure, because its probe hangs.
  Readiness(const std::vector<std::string>& names, std::chrono::milliseconds stale_after,
            std::set<std::string> spared = {});

  /// Stores a finding, and returns the status that the dependency had before.
  ProbeStatus record(const Finding& finding, Clock::time_point now = Clock::now());
  void start_draining();

  /// The answer to /ready: 200 or 503, application/health+json, never cached.
  http::Reply reply(Clock::time_point now = Clock::now()) const;

  /// Whether the service would stay ready now if this dependency failed.
  bool is_spared(const std::string& name) const;

  /// Whether every dependency has worked at least once, not necessarily at the same time.
  bool has_started() const;

  /// How many changes are kept.
  static constexpr std::size_t kHistoryMax = 100;
  /// The last kHistoryMax changes, oldest first. The first finding of a dependency is one, too. A probe that
  /// hangs changes the answer to /ready, but is no change until it returns.
  std::vector<ReadinessChange> history() const;

  /// By name: whether the latest finding is not a failure and not too old.
  std::map<std::string, bool> dependencies_up(Clock::time_point now = Clock::now()) const;

 private:
  struct Seen {
    Finding finding;
    Clock::time_point at;
    bool was_up = false;  ///< at least once

    bool is_stale(Clock::time_point now, std::chrono::milliseconds after) const {
      return at != Clock::time_point{} && now - at > after;
    }
  };

  /// What counts for the whole: a failure of a spared dependency is a warning once the service was ready.
  ProbeStatus effective(const std::string& name, const Seen& seen, Clock::time_point now) const;
  bool is_ready(Clock::time_point now) const;
  void note(ReadinessChange change);
  http::Reply compose(Clock::time_point now) const;
  Clock::time_point next_stale(Clock::time_point now) const;

  const std::chrono::milliseconds stale_after_;
  const std::set<std::string> spared_;
  mutable std::mutex mutex_;
  std::map<std::string, Seen> seen_;
  bool was_ready_ = false;  ///< at least once, as a whole
  bool draining_ = false;
  std::deque<ReadinessChange> history_;
  /// /ready is requested more often than findings change, so the document is kept until something changes.
  mutable std::optional<http::Reply> written_;
  mutable Clock::time_point written_until_{};  ///< when the next finding becomes too old
};

}  // namespace bigocean::server
