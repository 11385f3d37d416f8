// Makes a request of OTLP, as JSON, from spans.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/span.hpp"
#include "config/settings.hpp"

namespace bigocean::server::observe {

/// What is the same for all spans of a process.
using ResourceAttributes = std::vector<std::pair<std::string, base::AttributeValue>>;

/// service.name, .version and .instance.id, what the settings add, and what the platform says. Where both
/// name the same, the settings count.
ResourceAttributes resource_of(const config::Settings& settings);

/// The body of ExportTraceServiceRequest
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). `spans` must not be empty.
std::string to_otlp_json(std::span<const base::FinishedSpan> spans, const ResourceAttributes& resource);

/// What a receiver says about the spans of a request that it accepted; both empty when it took all.
struct PartialSuccess {
  long long rejected = 0;
  std::string message{};  ///< one line, without control characters
};
PartialSuccess read_partial_success(const std::string& body);

}  // namespace bigocean::server::observe
