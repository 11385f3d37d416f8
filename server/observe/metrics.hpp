// The metrics of the service for Prometheus.
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

/// The connections of a store, read whenever the metrics are.
struct PoolGauge {
  std::string store;  ///< the label: "postgres"
  std::function<base::PoolState()> state;
};

/// Further numbers, read whenever the metrics are.
using Samples = std::function<std::vector<Sample>()>;

/// Counts exchanges, and reads the other numbers when text() is called. docs/operations.md lists the metrics.
/// Thread-safe.
class Metrics : public http::Observer {
 public:
  /// `gauges`, `readiness` and what the pools refer to must outlive this; `routes` are the paths with their
  /// own series.
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
