// A span for every request that the service answers.
#pragma once

#include <set>
#include <string>

#include "base/span.hpp"
#include "server/http/observer.hpp"

namespace bigocean::server::observe {

/// Server spans by the conventions for HTTP (https://opentelemetry.io/docs/specs/semconv/http/http-spans/),
/// without what clients say: of the URL the route's path only, and neither address nor user agent. Used by
/// the event loop's thread.
class RequestSpans : public http::Observer {
 public:
  /// Requests for the routes `left_out` get no span. `tracer` must outlive this.
  RequestSpans(base::Tracer& tracer, std::set<std::string> left_out)
      : tracer_(tracer), left_out_(std::move(left_out)) {}

  void arrived(http::Request& request) override;
  void answered(const http::Exchange& exchange) override;

 private:
  base::Tracer& tracer_;
  const std::set<std::string> left_out_;
};

}  // namespace bigocean::server::observe
