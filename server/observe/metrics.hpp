// Numbers for Prometheus.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "server/http/observer.hpp"
#include "server/observe/sample.hpp"
#include "server/readiness/readiness.hpp"

namespace bigocean::server::observe {

/// A store's connections, asked for whenever the metrics are.
struct PoolGauge {
  std::string store;  ///< the label: "postgres"
  std::function<base::PoolState()> state;
};

/// More numbers, asked for whenever the metrics are.
using Samples = std::function<std::vector<Sample>()>;

/// Counts exchanges and looks at the rest when it is asked. docs/operations.md lists the metrics.
/// Thread-safe.
class Metrics : public http::Observer {
 public:
  /// `gauges`, `readiness` and what the pools refer to must outlive this; `routes` are the paths that get
  /// series of their own.
  Metrics(const http::LoopGauges& gauges, const Readiness& readiness, const std::vector<std::string>& routes,
          std::vector<PoolGauge> pools, Samples samples = {});
  ~Metrics() override;

  void answered(const http::Exchange& exchange) override;

  /// The text format of Prometheus, version 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server::observe
