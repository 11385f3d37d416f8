// The product: conversations with all that they need, and what runs beside them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "server/http/failure.hpp"
#include "server/http/message.hpp"
#include "server/observe/sample.hpp"
#include "server/product/settings/settings.hpp"
#include "server/service/stores.hpp"

namespace bigocean::server {

class Product {
 public:
  /// Starts nothing yet. Throws base::Error(kUsage) for models without a price. Without an anthropic.api_key
  /// the scripted model talks. All must outlive this.
  Product(const product::Settings& settings, Stores& stores, base::Logger& log, FailureHook on_failure = {});
  /// Ends the calls to the model that are under way, and waits for them.
  ~Product();

  /// Throws base::Error(kUsage) for models without a price, and for a cap that cannot pay for one
  /// conversation: of the settings alone.
  static void check(const product::Settings& settings);

  /// Starts what runs beside the requests: analyses, the sweeper of the ledger, the mirror of the costs.
  void start();
  /// Takes up nothing new beside the requests.
  void stop();

  /// Cancels all calls to the model, and those to come: each is settled at what it used, and whoever waits
  /// for its answer is told. Does not wait.
  void end_calls();

  /// The procedures; valid as long as this.
  std::vector<http::Route> routes();

  /// Who talks: "anthropic", "scripted".
  std::string_view interviewer() const;

  /// For the metrics.
  std::vector<observe::Sample> samples() const;
  /// More of them, in the text format of Prometheus.
  std::string metrics() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server
