// Which web pages may call the procedures (CORS).
#include "server/rpc/cors.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::server::rpc {

Cors::Cors(std::string_view origins) {
  for (const auto origin : base::comma_list(origins)) {
    if (origin == "*") {
      any_ = true;
    } else {
      origins_.emplace_back(origin);
    }
  }
}

void Cors::add_headers(const http::Request& request, http::Reply& reply) const {
  if (!is_on()) return;
  const auto origin = http::find_header(request.headers, "Origin");
  const bool listed = origin && std::find(origins_.begin(), origins_.end(), *origin) != origins_.end();
  if (!any_) reply.headers.emplace_back("Vary", "Origin");  // on what others get, too: caches must know
  if (!any_ && !listed) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", any_ ? "*" : std::string(*origin));
  reply.headers.emplace_back("Access-Control-Expose-Headers",
                             "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
}

http::Reply Cors::preflight() const {
  return {200,
          "text/plain",
          "",
          {{"Access-Control-Allow-Methods", "GET, POST"},
           {"Access-Control-Allow-Headers",
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Accept"},
           {"Access-Control-Max-Age", "7200"}}};
}

}  // namespace bigocean::server::rpc
