// Routes requests. An exception of a handler becomes a problem document and a line in the log.
#include "server/http/router.hpp"

#include <optional>
#include <stdexcept>

#include "base/error.hpp"
#include "config/secret.hpp"
#include "server/http/correlation.hpp"

namespace bigocean::server::http {

std::string_view path_parameter(std::string_view route_path, std::string_view path) {
  const auto before = route_path.substr(0, route_path.find('{'));
  const auto behind = route_path.substr(route_path.find('}') + 1);
  return path.substr(before.size(), path.size() - before.size() - behind.size());
}

bool matches_path(std::string_view route_path, std::string_view path) {
  if (route_path.find('{') == route_path.npos) return route_path == path;
  const auto before = route_path.substr(0, route_path.find('{'));
  const auto behind = route_path.substr(route_path.find('}') + 1);
  if (path.size() <= before.size() + behind.size()) return false;
  return path.starts_with(before) && path.ends_with(behind) &&
         path_parameter(route_path, path).find('/') == path.npos;
}

Match Router::find(const Request& request) const {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  Match match;
  if (policy_.intercept) match.answer = policy_.intercept(request);
  if (match.answer) return match;
  for (const Route& route : routes_) {
    if (!matches_path(route.path, request.path)) continue;
    if (route.method == method) return {.route = &route, .place = route.place};
    match.allow += match.allow.empty() ? "" : ", ";
    match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  return match;
}

Reply problem_of(const std::exception& error) {
  const auto prospect = prospect_of(error);
  if (!prospect.transient) return problem(500, "");
  auto reply = problem(503, "a service that this one depends on does not answer");
  reply.retry_after = prospect.retry_after;
  return reply;
}

Response Router::respond(const Match& match, const Request& request) const {
  return finish(match, request, answer(match, request));
}

Response Router::refuse(const Match& match, const Request& request, Reply reply) const {
  return finish(match, request, std::move(reply));
}

Response Router::finish(const Match& match, const Request& request, Reply reply) const {
  if (match.route != nullptr && match.route->finish) match.route->finish(request, reply);
  if (policy_.finish) policy_.finish(request, reply);
  if (!request.id.empty()) reply.headers.emplace_back("X-Request-Id", request.id);
  const bool head_only = request.method == "HEAD";
  if (!reply.write_body) return {reply.status, to_bytes(reply, !head_only)};
  auto head = head_bytes(reply, request.http_1_1 ? "Transfer-Encoding: chunked\r\n" : "");
  if (head_only) return {reply.status, std::move(head)};
  auto& filler = reply.filler;
  if (request.http_1_1 && !filler.piece.empty()) filler.piece = chunk(filler.piece);
  return {reply.status, std::move(head), std::move(reply.write_body), std::move(filler)};
}

Reply Router::answer(const Match& match, const Request& request) const {
  if (match.answer) return *match.answer;
  if (match.route != nullptr) return run(*match.route, request);
  if (match.allow.empty()) return problem(404, "there is nothing at this path");
  Reply reply = problem(405, "this path supports " + match.allow);
  reply.headers.emplace_back("Allow", match.allow);
  return reply;
}

Reply Router::run(const Route& route, const Request& request) const {
  Reply reply;
  auto failed = attempt(route, request, [&] { reply = route.handler(request); });
  return failed ? std::move(*failed) : std::move(reply);
}

std::optional<int> Router::write_body(const Match& match, const Request& request, const BodyWriter& writer,
                                      BodySink& sink) const {
  const auto failed = attempt(*match.route, request, [&] { writer(sink); });
  return failed ? std::optional(failed->status) : std::nullopt;
}

std::optional<Reply> Router::attempt(const Route& route, const Request& request,
                                     const std::function<void()>& work) const {
  const base::TraceScope scope(request.trace);
  std::optional<base::LogTrail> trail;
  if (on_failure_) trail.emplace();
  try {
    work();
    return std::nullopt;
  } catch (const std::exception& error) {
    return fail(route, request, error);
  } catch (...) {
    return fail(route, request, std::runtime_error("an exception that is not a std::exception"));
  }
}

Reply Router::fail(const Route& route, const Request& request, const std::exception& error) const {
  const auto* ours = dynamic_cast<const base::Error*>(&error);
  Failure failure = failure_of(error);
  log_.error("request failed", {{"request_id", std::string_view(request.id)},
                                {"method", request.method},
                                {"path", route.path},
                                {"error", std::string_view(failure.message)},
                                {"detail", ours != nullptr ? std::string_view(ours->detail) : ""}});
  const auto prospect = prospect_of(error);
  if (on_failure_ && prospect.is_news) {
    failure.place = request.method + " " + route.path;
    failure.tags.insert(failure.tags.end(), {{"method", request.method},
                                             {"route", route.path},
                                             {"status", prospect.transient ? "503" : "500"},
                                             {"request_id", request.id}});
    auto trace = trace_of(request);
    failure.trace_id = std::move(trace.trace_id);
    failure.parent_span_id = std::move(trace.span_id);
    if (const auto* trail = base::LogTrail::current()) failure.trail = trail->lines();
    on_failure_(std::move(failure));
  }
  return problem_of(error);
}

}  // namespace bigocean::server::http
