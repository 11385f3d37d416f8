// Runs the probes in the background, so that /ready never waits for a dependency.
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

/// Each probe has its own thread, so that a server that hangs does not delay the other probes. The first run
/// is at once. Changes between working and failing are logged.
class Prober {
 public:
  /// `readiness` and `log` must outlive the prober. A bug in a probe (not a server that does not answer) is
  /// reported to `on_failure`, once until the probe works again.
  Prober(std::vector<Probe> probes, std::chrono::milliseconds period, Readiness& readiness, base::Logger& log,
         FailureHook on_failure = {});
  /// Waits for running probes, which limit their own time.
  ~Prober();

  /// Starts no further run, and ignores the findings of the current ones. Does not wait.
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
