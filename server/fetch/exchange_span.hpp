// The span of one request to another server.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/net/stream.hpp"
#include "base/span.hpp"
#include "server/fetch/client.hpp"
#include "server/fetch/url.hpp"

namespace bigocean::server::http {

/// A client span by the conventions for HTTP (https://opentelemetry.io/docs/specs/semconv/http/http-spans/),
/// from construction to destruction. Of the URL it has the origin only: paths and queries may hold secrets.
class ExchangeSpan {
 public:
  ExchangeSpan(const Url& url, std::string_view method);

  /// The answer's head has arrived.
  void answered(int status);
  /// This is the attempt number `count` after the first one.
  void repeated(std::int64_t count);
  void failed(const base::StreamError& error);
  void failed(const ResponseFault& fault);

 private:
  base::Span span_;
};

}  // namespace bigocean::server::http
