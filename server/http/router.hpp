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
  Place place = Place::kLoop;    ///< what is not there is said at once
};

/// Thread-safe once it is made.
class Router {
 public:
  /// `log` must outlive the router; handlers' failures go there.
  Router(std::vector<Route> routes, base::Logger& log) : routes_(std::move(routes)), log_(log) {}

  Match find(const Request& request) const;

  /// Never throws for what a handler does.
  Response respond(const Match& match, const Request& request) const;

  /// Writes a body behind its head. Returns false when it broke off.
  bool write_body(const Match& match, const Request& request, const BodyWriter& writer, BodySink& sink) const;

 private:
  Reply answer(const Match& match, const Request& request) const;
  Reply run(const Route& route, const Request& request) const;
  void tell(const Route& route, const Request& request, std::string_view error,
            std::string_view detail) const;

  std::vector<Route> routes_;
  base::Logger& log_;
};

}  // namespace bigocean::server::http
