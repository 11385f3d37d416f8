// Finds a request's handler and makes the reply's bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {

/// Where a request goes; valid as long as its router.
struct Match {
  const Route* route = nullptr;  ///< null: 404, or 405 where `allow` is not empty
  std::string allow{};           ///< "GET, HEAD"
  bool quick = false;            ///< the event loop may answer it itself
};

/// Thread-safe once it is made.
class Router {
 public:
  /// `log` must outlive the router; handlers' failures go there.
  Router(std::vector<Route> routes, base::Logger& log) : routes_(std::move(routes)), log_(log) {}

  Match find(const Request& request) const;

  /// Never throws for what a handler does.
  Response respond(const Match& match, const Request& request) const;

 private:
  Reply answer(const Match& match, const Request& request) const;
  Reply run(const Route& route, const Request& request) const;

  std::vector<Route> routes_;
  base::Logger& log_;
};

}  // namespace bigocean::server::http
