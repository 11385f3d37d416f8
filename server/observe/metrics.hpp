// Numbers for Prometheus.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/http/observer.hpp"
#include "server/readiness.hpp"

namespace bigocean::server::observe {

/// Counts exchanges and looks at the rest when it is asked. docs/operations.md lists the metrics.
/// Thread-safe.
class Metrics : public http::Observer {
 public:
  /// `gauges` and `readiness` must outlive this; `routes` are the paths that get series of their own.
  Metrics(const http::LoopGauges& gauges, const Readiness& readiness, const std::vector<std::string>& routes);
  ~Metrics() override;

  void answered(const http::Exchange& exchange) override;

  /// The text format of Prometheus, version 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server::observe
