// The platform's edge, simulated by HAProxy: the replicas that get requests are switched while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::rehearse {

/// Since the edge started.
struct EdgeCounters {
  std::vector<std::uint64_t> answered;  ///< 2xx, by slot
  std::uint64_t failed = 0;             ///< requests that got another answer, or none
  std::uint64_t retried = 0;            ///< sent once more, to the same replica or another
};

class Edge {
 public:
  /// `slots`: how many replicas there will be in all; none is used twice, so that no connection to an old
  /// one can be taken for a new one's. `retries`: how often a request that found no replica, or got nothing
  /// from it, is sent again.
  Edge(int slots, int retries);

  int port() const { return port_; }
  /// "HAProxy 2.6.12"
  const std::string& name() const { return name_; }

  /// From here on the slot gets requests, at this port of 127.0.0.1.
  void admit(int slot, int port);
  /// From here on it gets no new request; those under way are finished.
  void dismiss(int slot);
  EdgeCounters counters();

 private:
  bool try_start(int slots, int retries);
  std::string command(const std::string& text);

  test::TempDir folder_;
  int port_ = 0;
  std::string name_;
  std::unique_ptr<test::Process> process_;
};

}  // namespace bigocean::rehearse
