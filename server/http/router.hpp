// Finds a request's handler and makes the reply's bytes.
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

/// Where a request goes; valid as long as its router.
struct Match {
  const Route* route = nullptr;   ///< null: 404, or 405 where `allow` is not empty
  std::string allow{};            ///< "GET, HEAD"
  Place place = Place::kLoop;     ///< what is not there is said at once
  std::optional<Reply> answer{};  ///< of the policy: no route is asked
};

/// What a client is told of a failure: 503 with Retry-After for a base::Error of ExitCode::kUnreachable, else
/// 500.
Reply problem_of(const std::exception& error);

/// What holds for all replies, those included that belong to no route.
struct Policy {
  /// Completes a reply; may run on the event loop; must not throw.
  std::function<void(const Request&, Reply&)> finish{};
  /// Answers a request in place of its route, on the event loop: preflights.
  std::function<std::optional<Reply>(const Request&)> intercept{};
};

/// Thread-safe once it is made.
class Router {
 public:
  /// `log` must outlive the router; handlers' failures go there. What becomes a 500 goes to `on_failure`,
  /// too, with the log lines of the request.
  Router(std::vector<Route> routes, base::Logger& log, FailureHook on_failure = {}, Policy policy = {})
      : routes_(std::move(routes)),
        log_(log),
        on_failure_(std::move(on_failure)),
        policy_(std::move(policy)) {}

  Match find(const Request& request) const;

  /// Never throws for what a handler does.
  Response respond(const Match& match, const Request& request) const;

  /// The same for a request that nothing handles: the service is full, or the request is no good.
  Response refuse(const Match& match, const Request& request, Reply reply) const;

  /// Writes a body behind its head. Returns what it broke off with, as a status; nothing when it did not.
  std::optional<int> write_body(const Match& match, const Request& request, const BodyWriter& writer,
                                BodySink& sink) const;

 private:
  Response finish(const Match& match, const Request& request, Reply reply) const;
  Reply answer(const Match& match, const Request& request) const;
  Reply run(const Route& route, const Request& request) const;
  /// What is answered when `work` throws; nothing when it does not.
  std::optional<Reply> attempt(const Route& route, const Request& request,
                               const std::function<void()>& work) const;
  Reply fail(const Route& route, const Request& request, const std::exception& error) const;

  std::vector<Route> routes_;
  base::Logger& log_;
  FailureHook on_failure_;
  Policy policy_;
};

}  // namespace bigocean::server::http
