// Runs the probes in the background, so that /ready never waits for anybody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "server/http/failure.hpp"
#include "server/readiness/probe.hpp"
#include "server/readiness/readiness.hpp"

namespace bigocean::server {

/// One thread for each probe: a server that hangs does not delay the look at the others. The first look is
/// taken at once. A change between working and failing is logged.
class Prober {
 public:
  /// `readiness` and `log` must outlive the prober. A probe that breaks, which is another thing than a server
  /// that does not answer, goes to `on_failure`, once until it works again.
  Prober(std::vector<Probe> probes, std::chrono::milliseconds period, Readiness& readiness, base::Logger& log,
         FailureHook on_failure = {});
  /// Waits for looks under way; they end by their own limits.
  ~Prober();

  /// No further look is begun, and what the present ones find is not told. Waits for nothing.
  void stop();

 private:
  void work(const Probe& probe);
  std::vector<Finding> look(const Probe& probe, std::optional<Failure>& broken) const;
  bool report(const Finding& finding, bool first);

  const std::vector<Probe> probes_;
  const std::chrono::milliseconds period_;
  Readiness& readiness_;
  base::Logger& log_;
  const FailureHook on_failure_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bigocean::server
