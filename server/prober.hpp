// Runs the probes in the background, so that /ready never waits for anybody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "server/probe.hpp"
#include "server/readiness.hpp"

namespace bigocean::server {

/// One thread for each probe: a server that hangs does not delay the look at the others. The first look is
/// taken at once. A change between working and failing is logged.
class Prober {
 public:
  /// `readiness` and `log` must outlive the prober.
  Prober(std::vector<Probe> probes, std::chrono::milliseconds period, Readiness& readiness,
         base::Logger& log);
  /// Waits for looks under way; they end by their own limits.
  ~Prober();

  /// Nothing is looked at or reported any more. Returns at once.
  void stop();

 private:
  void work(const Probe& probe);
  std::vector<Finding> look(const Probe& probe) const;
  void report(const Finding& finding, bool first);

  const std::vector<Probe> probes_;
  const std::chrono::milliseconds period_;
  Readiness& readiness_;
  base::Logger& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bigocean::server
