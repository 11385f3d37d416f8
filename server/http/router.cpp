// Routes; what handlers throw becomes a problem document and a line in the log.
#include "server/http/router.hpp"

#include "base/error.hpp"
#include "config/secret.hpp"

namespace bigocean::server::http {

Match Router::find(const Request& request) const {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  Match match;
  for (const Route& route : routes_) {
    if (route.path != request.path) continue;
    if (route.method == method) return {.route = &route, .place = route.place};
    match.allow += match.allow.empty() ? "" : ", ";
    match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  return match;
}

Response Router::respond(const Match& match, const Request& request) const {
  Reply reply = answer(match, request);
  if (!request.id.empty()) reply.headers.emplace_back("X-Request-Id", request.id);
  const bool head_only = request.method == "HEAD";
  if (!reply.write_body) return {reply.status, to_bytes(reply, !head_only)};
  auto head = head_bytes(reply, request.http_1_1 ? "Transfer-Encoding: chunked\r\n" : "");
  return {reply.status, std::move(head), head_only ? BodyWriter() : std::move(reply.write_body)};
}

Reply Router::answer(const Match& match, const Request& request) const {
  if (match.route != nullptr) return run(*match.route, request);
  if (match.allow.empty()) return problem(404, "there is nothing at this path");
  Reply reply = problem(405, "this path is served for " + match.allow);
  reply.headers.emplace_back("Allow", match.allow);
  return reply;
}

Reply Router::run(const Route& route, const Request& request) const {
  try {
    return route.handler(request);
  } catch (const base::Error& error) {
    tell(route, request, error.message, error.detail);
    const bool may_heal = error.code == base::ExitCode::kUnreachable;
    return problem(may_heal ? 503 : 500, may_heal ? "a service that this one needs does not answer" : "");
  } catch (const std::exception& error) {
    tell(route, request, config::redact_urls(error.what()), "");
    return problem(500, "");
  }
}

bool Router::write_body(const Match& match, const Request& request, const BodyWriter& writer,
                        BodySink& sink) const {
  try {
    writer(sink);
    return true;
  } catch (const base::Error& error) {
    tell(*match.route, request, error.message, error.detail);
  } catch (const std::exception& error) {
    tell(*match.route, request, config::redact_urls(error.what()), "");
  }
  return false;
}

void Router::tell(const Route& route, const Request& request, std::string_view error,
                  std::string_view detail) const {
  log_.error("request failed", {{"request_id", std::string_view(request.id)},
                                {"method", request.method},
                                {"path", route.path},
                                {"error", error},
                                {"detail", detail}});
}

}  // namespace bigocean::server::http
