// The span of one request to another server.
#include "server/fetch/exchange_span.hpp"

#include <fmt/format.h>

#include <string>

namespace bigocean::server::http {
namespace {

std::string_view error_type(base::StreamError::Kind kind) {
  using Kind = base::StreamError::Kind;
  switch (kind) {
    case Kind::kNotResolvable:
      return "not_resolvable";
    case Kind::kRefused:
      return "refused";
    case Kind::kUnreachable:
      return "unreachable";
    case Kind::kTimedOut:
      return "timeout";
    case Kind::kTls:
      return "tls";
    case Kind::kCertificate:
      return "certificate";
    case Kind::kClosed:
      break;
  }
  return "closed";
}

}  // namespace

ExchangeSpan::ExchangeSpan(const Url& url, std::string_view method) : span_(method, base::SpanKind::kClient) {
  if (!span_.is_recorded()) return;
  span_.set("http.request.method", std::string(method));
  span_.set("server.address", url.host);
  span_.set("server.port", std::int64_t{url.port});
  span_.set("url.full", fmt::format("{}://{}/", url.tls ? "https" : "http", url.authority));
}

void ExchangeSpan::answered(int status) {
  span_.set("http.response.status_code", std::int64_t{status});
  if (status >= 400) span_.fail(std::to_string(status));
}

void ExchangeSpan::repeated(std::int64_t count) {
  if (count > 0) span_.set("http.request.resend_count", count);
}

void ExchangeSpan::failed(const base::StreamError& error) { span_.fail(error_type(error.kind)); }

void ExchangeSpan::failed(const ResponseFault&) { span_.fail("invalid_response"); }

}  // namespace bigocean::server::http
