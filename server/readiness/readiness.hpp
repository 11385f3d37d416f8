// Readiness: keeps the latest findings in memory, and answers /ready.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/http/message.hpp"
#include "server/readiness/probe.hpp"

namespace bigocean::server {

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

  http::Reply compose(Clock::time_point now) const;
  Clock::time_point next_stale(Clock::time_point now) const;

  const std::chrono::milliseconds stale_after_;
  const std::set<std::string> spared_;
  mutable std::mutex mutex_;
  std::map<std::string, Seen> seen_;
  bool was_ready_ = false;  ///< at least once, as a whole
  bool draining_ = false;
  /// /ready is requested more often than findings change, so the document is kept until something changes.
  mutable std::optional<http::Reply> written_;
  mutable Clock::time_point written_until_{};  ///< when the next finding becomes too old
};

}  // namespace bigocean::server
