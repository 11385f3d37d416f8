// Routes over cpp-httplib; what handlers throw becomes a problem document and a line in the log.
#include "server/http/router.hpp"

#include <algorithm>
#include <regex>

#include "base/error.hpp"
#include "config/secret.hpp"
#include "server/http/httplib_server.hpp"

namespace bigocean::server::http {
namespace {

void apply(const Reply& reply, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name.c_str(), value.c_str());
  response.set_content(reply.body, reply.content_type.c_str());
}

Reply run(const Route& route, const httplib::Request& request, base::Logger& log) {
  try {
    return route.handler({request.method, request.path, request.body});
  } catch (const base::Error& error) {
    log.error("request failed", {{"method", request.method},
                                 {"path", route.path},
                                 {"error", error.message},
                                 {"detail", error.detail}});
    const bool may_heal = error.code == base::ExitCode::kUnreachable;
    return problem(may_heal ? 503 : 500, may_heal ? "a service that this one needs does not answer" : "");
  } catch (const std::exception& error) {
    log.error("request failed", {{"method", request.method},
                                 {"path", route.path},
                                 {"error", std::string_view(config::redact_urls(error.what()))}});
    return problem(500, "");
  }
}

std::string escape_pattern(const std::string& path) {
  return std::regex_replace(path, std::regex(R"([.^$|()\[\]{}*+?\\])"), R"(\$&)");
}

}  // namespace

struct Router::Impl {
  std::vector<Route> routes;
  base::Logger& log;
  mutable RequestProcessor server;  // processing is not const in httplib, but changes nothing

  Impl(std::vector<Route> routes_in, base::Logger& log_in) : routes(std::move(routes_in)), log(log_in) {}

  void add(const Route& route) {
    const auto pattern = escape_pattern(route.path);
    const auto handler = [this, &route](const httplib::Request& request, httplib::Response& response) {
      apply(run(route, request, log), response);
    };
    if (route.method == "GET") server.Get(pattern, handler);
    if (route.method == "POST") server.Post(pattern, handler);
    if (route.method == "PUT") server.Put(pattern, handler);
    if (route.method == "DELETE") server.Delete(pattern, handler);
  }

  /// "GET, HEAD" for a path that other methods reach; empty for a path that none does.
  std::string allowed(const std::string& path) const {
    std::string methods;
    for (const Route& route : routes) {
      if (route.path != path) continue;
      if (!methods.empty()) methods += ", ";
      methods += route.method == "GET" ? "GET, HEAD" : route.method;
    }
    return methods;
  }

  /// Gives a body to what httplib itself refused or did not find.
  void explain(const httplib::Request& request, httplib::Response& response) const {
    if (!response.body.empty()) return;
    if (response.status != 404) return apply(problem(response.status, ""), response);
    const auto methods = allowed(request.path);
    if (methods.empty()) return apply(problem(404, "there is nothing at this path"), response);
    apply(problem(405, "this path is served for " + methods), response);
    response.set_header("Allow", methods.c_str());
  }
};

Router::Router(std::vector<Route> routes, base::Logger& log)
    : impl_(std::make_unique<Impl>(std::move(routes), log)) {
  Impl& impl = *impl_;
  for (const Route& route : impl.routes) impl.add(route);
  impl.server.set_error_handler([&impl](const httplib::Request& request, httplib::Response& response) {
    impl.explain(request, response);
  });
  impl.server.set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    // The event loop decides on the connection, and no reply has ranges.
    response.headers.erase("Connection");
    response.headers.erase("Keep-Alive");
    response.headers.erase("Accept-Ranges");
  });
}

Router::~Router() = default;

std::string Router::respond(const std::string& request) const {
  MemoryStream stream(request);
  impl_->server.process(stream);
  auto reply = stream.take_reply();
  return reply.empty() ? to_bytes(problem(400, "the request could not be read")) : reply;
}

bool Router::is_quick(std::string_view path) const {
  return std::any_of(impl_->routes.begin(), impl_->routes.end(),
                     [&](const Route& route) { return route.quick && route.path == path; });
}

}  // namespace bigocean::server::http
