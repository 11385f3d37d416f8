// What /ready answers: the latest findings, kept in memory.
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

/// Thread-safe. Ready means: every dependency was seen not to fail, lately, and the service is not draining.
/// Of those that are spared a failure only warns once the service has been ready: all replicas would leave
/// the balancer together, for something that each can do without.
class Readiness {
 public:
  using Clock = std::chrono::system_clock;

  /// `names`: what must be seen. A finding older than `stale_after` counts as a failure: its probe hangs.
  Readiness(const std::vector<std::string>& names, std::chrono::milliseconds stale_after,
            std::set<std::string> spared = {});

  /// Returns the status that the dependency had before.
  ProbeStatus record(const Finding& finding, Clock::time_point now = Clock::now());
  void start_draining();

  /// 200 or 503, application/health+json, never cached.
  http::Reply reply(Clock::time_point now = Clock::now()) const;

  /// Whether a failure of this one would leave the service ready now.
  bool is_spared(const std::string& name) const;

  /// Whether every dependency has been seen not to fail at least once, each at its own time.
  bool has_started() const;

  /// By name: whether the latest look did not fail, and is not too old.
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
  /// Probes come more often than findings, so the document is written once for all until something changes.
  mutable std::optional<http::Reply> written_;
  mutable Clock::time_point written_until_{};  ///< when the next finding becomes too old
};

}  // namespace bigocean::server
