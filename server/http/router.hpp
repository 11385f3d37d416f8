// Finds the handler of a request and makes the bytes of its reply.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "server/http/failure.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The route of a request; valid as long as its router.
struct Match {
  const Route* route = nullptr;   ///< null: 404, or 405 where `allow` is not empty
  std::string allow{};            ///< "GET, HEAD"
  Place place = Place::kLoop;     ///< errors are answered on the loop
  std::optional<Reply> answer{};  ///< from the policy, in place of a route
};

/// The reply to a failure: 503 with Retry-After for a base::Error of ExitCode::kUnreachable, else 500.
Reply problem_of(const std::exception& error);

/// Applies to all replies, including those without a route.
struct Policy {
  /// Completes a reply; may run on the event loop; must not throw.
  std::function<void(const Request&, Reply&)> finish{};
  /// Answers a request in place of its route, on the event loop; used for preflights.
  std::function<std::optional<Reply>(const Request&)> intercept{};
};

/// Immutable, so thread-safe.
class Router {
 public:
  /// `log` must outlive the router and gets the failures of handlers. Failures that become a 500 also go to
  /// `on_failure`, with the log lines of the request.
  Router(std::vector<Route> routes, base::Logger& log, FailureHook on_failure = {}, Policy policy = {})
      : routes_(std::move(routes)),
        log_(log),
        on_failure_(std::move(on_failure)),
        policy_(std::move(policy)) {}

  Match find(const Request& request) const;

  /// Runs the handler. An exception of the handler becomes a reply and is never passed on.
  Response respond(const Match& match, const Request& request) const;

  /// The same for a request without a handler's reply: the service is full, or the request is invalid.
  Response refuse(const Match& match, const Request& request, Reply reply) const;

  /// Writes a body after its head. Returns the status of the failure if the writer threw; otherwise nothing.
  std::optional<int> write_body(const Match& match, const Request& request, const BodyWriter& writer,
                                BodySink& sink) const;

 private:
  Response finish(const Match& match, const Request& request, Reply reply) const;
  Reply answer(const Match& match, const Request& request) const;
  Reply run(const Route& route, const Request& request) const;
  /// The reply when `work` throws; nothing when it does not.
  std::optional<Reply> attempt(const Route& route, const Request& request,
                               const std::function<void()>& work) const;
  Reply fail(const Route& route, const Request& request, const std::exception& error) const;

  std::vector<Route> routes_;
  base::Logger& log_;
  FailureHook on_failure_;
  Policy policy_;
};

}  // namespace bigocean::server::http
