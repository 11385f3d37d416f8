// The product: conversations with their dependencies and background work.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/span.hpp"
#include "server/http/failure.hpp"
#include "server/http/message.hpp"
#include "server/observe/sample.hpp"
#include "server/product/settings/settings.hpp"
#include "server/service/stores.hpp"

namespace bigocean::server {

class Product {
 public:
  /// Does not start any thread yet. Throws base::Error(kUsage) for models without a price. Without
  /// anthropic.api_key the scripted model is used. `tracer` takes the traces of background work, and may be
  /// null. All must outlive this.
  Product(const product::Settings& settings, Stores& stores, base::Logger& log, FailureHook on_failure = {},
          base::Tracer* tracer = nullptr);
  /// Cancels running calls to the model, and waits for them.
  ~Product();

  /// Checks the settings alone. Throws base::Error(kUsage) for models without a price, and for a cap that
  /// cannot pay for one conversation.
  static void check(const product::Settings& settings);

  /// Starts the background work: analyses, the sweeper of the ledger, the mirror of the costs.
  void start();
  /// Starts no new background work.
  void stop();

  /// Cancels all running and later calls to the model. Each is settled at its usage, and waiting clients get
  /// an error. Does not wait.
  void end_calls();

  /// The routes of the procedures and of the web pages; valid as long as this.
  std::vector<http::Route> routes();

  /// The name of the interviewer's model in the log: "anthropic", "scripted".
  std::string_view interviewer() const;

  /// Numbers for the metrics.
  std::vector<observe::Sample> samples() const;
  /// More metrics, in the text format of Prometheus.
  std::string metrics() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server
