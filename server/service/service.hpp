// The whole service: serves requests by the settings until it is stopped.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "server/http/failure.hpp"
#include "server/http/message.hpp"
#include "server/observe/metrics.hpp"
#include "server/observe/otlp_tracer.hpp"
#include "server/readiness/probe.hpp"
#include "server/service/status.hpp"

namespace bigocean::server {

/// What the service probes, reports and serves.
struct Dependencies {
  std::vector<Probe> probes;
  std::vector<observe::PoolGauge> pools{};
  std::vector<http::Route> routes{};  ///< besides the service's own; what they refer to must outlive it
  observe::Samples samples{};
  std::function<std::string()> more_metrics{};  ///< in the text format of Prometheus
  /// Takes a span of each request; null: none. Must outlive the service.
  observe::OtlpTracer* tracer = nullptr;
  /// For the page of the operators; empty: its routes are not there.
  std::optional<StatusSources> status{};
  /// Called on the event loop when the drain is nearly over and requests are unfinished, to end early what
  /// can be ended. Must not wait.
  std::function<void()> on_last_call{};
};

class Service {
 public:
  /// Binds the port; throws base::Error(kUsage) as http::listen_on does. `log` must outlive the service.
  /// `on_failure` gets the failures of handlers and probes.
  Service(const config::Settings& settings, Dependencies dependencies, base::Logger& log,
          FailureHook on_failure = {});
  ~Service();

  const std::string& address() const;  ///< as bound: "[::]:4000"
  int port() const;

  /// To be called once: starts to probe, serves until `stop_fd` is readable, then drains for at most
  /// server.drain_timeout. Returns how many requests were cut off. If there are any, handlers may still be
  /// running, and the destructor may wait for them. The destructor also waits for running probes.
  std::size_t run(int stop_fd);

  /// When the drain ends at the latest. To be called after run() has returned.
  std::chrono::steady_clock::time_point drain_end() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server
