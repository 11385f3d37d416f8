// Routes a gathered request to its handler and writes the reply's bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {

/// cpp-httplib behind a small door. Thread-safe once it is made.
class Router {
 public:
  /// `log` must outlive the router; handlers' failures go there.
  Router(std::vector<Route> routes, base::Logger& log);
  ~Router();

  /// `request` is what Intake::request() made. Returns the whole reply as bytes, without a Connection header:
  /// that is decided when the reply is sent. Never throws for what a handler does.
  std::string respond(const std::string& request) const;

  /// Whether the event loop may answer this path itself.
  bool is_quick(std::string_view path) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::server::http
