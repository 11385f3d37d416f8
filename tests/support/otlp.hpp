// A stand-in for a receiver of OTLP over HTTP that keeps what it receives.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_server.hpp"

namespace bigocean::test {

/// A span as it came, with its attributes by name.
struct ReceivedSpan {
  std::string trace_id, id, parent_id, state, name;
  int kind = 0;
  std::uint64_t begin = 0, end = 0;  ///< nanoseconds since 1970
  bool has_failed = false;
  std::uint32_t flags = 0;
  nlohmann::json
      attributes;  ///< {"db.namespace": "app", "server.port": "5432"}; integers are text, as in OTLP

  std::string text(const std::string& attribute) const { return attributes.value(attribute, ""); }
};

/// Listens on a free port of 127.0.0.1 until it is destroyed.
class OtlpStandIn {
 public:
  /// Each request gets the next answer (scripted_reply.hpp), the last one again and again.
  explicit OtlpStandIn(std::vector<std::string> answers = {"200 OK"});
  ~OtlpStandIn();
  OtlpStandIn(const OtlpStandIn&) = delete;
  OtlpStandIn& operator=(const OtlpStandIn&) = delete;

  /// "http://127.0.0.1:PORT", for OTEL_EXPORTER_OTLP_ENDPOINT.
  std::string url() const;

  std::vector<ServedRequest> requests();
  /// Of all requests so far, also of those that were not answered well.
  std::vector<ReceivedSpan> spans();
  /// The attributes of the latest resource.
  nlohmann::json resource();
  /// The first span with that name, once there is one; throws std::runtime_error past the limit.
  ReceivedSpan wait_for(const std::string& name, std::chrono::milliseconds limit = std::chrono::seconds(20));

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Breaches of the protocol, each a line: of the published schema of OTLP, of the names that the semantic
/// conventions know, of the requests' heads. Runs tests/otlp/check.
std::string otlp_faults(const std::vector<ServedRequest>& requests);

}  // namespace bigocean::test
