// Which web pages may call the service (CORS).
#include "server/http/cors.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::server::http {
namespace {

/// The headers that a page may send besides those that need no permission: those of this service, of tracing
/// (W3C, Sentry), and those that a browser or a client library sets by itself.
constexpr std::string_view kAllowedHeaders =
    "Accept, Accept-Language, Authorization, Baggage, Cache-Control, Challenge-Proof, Content-Type, "
    "Idempotency-Key, Last-Event-ID, Sentry-Trace, Traceparent, Tracestate, X-Request-Id";
constexpr std::string_view kExposedHeaders =
    "Allow, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id";

}  // namespace

Cors::Cors(std::string_view origins) {
  for (const auto origin : base::comma_list(origins)) {
    if (origin == "*") {
      any_ = true;
    } else {
      origins_.emplace_back(origin);
    }
  }
}

bool Cors::is_preflight(const Request& request) const {
  return is_on() && request.method == "OPTIONS" && find_header(request.headers, "Origin") &&
         find_header(request.headers, "Access-Control-Request-Method");
}

void Cors::add_headers(const Request& request, Reply& reply) const {
  if (!is_on()) return;
  const auto origin = find_header(request.headers, "Origin");
  const bool listed = origin && std::find(origins_.begin(), origins_.end(), *origin) != origins_.end();
  if (!any_)
    reply.headers.emplace_back("Vary", "Origin");  // for every origin, so that caches keep the replies apart
  if (!any_ && !listed) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", any_ ? "*" : std::string(*origin));
  reply.headers.emplace_back("Access-Control-Expose-Headers", kExposedHeaders);
}

Reply Cors::preflight() const {
  return {200,
          "text/plain",
          "",
          {{"Access-Control-Allow-Methods", "GET, HEAD, POST"},
           {"Access-Control-Allow-Headers", std::string(kAllowedHeaders)},
           {"Access-Control-Max-Age", "7200"}}};
}

}  // namespace bigocean::server::http
