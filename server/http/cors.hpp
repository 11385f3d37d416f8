// Which web pages may call the service (CORS).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// Says so in headers; it is the browser that holds pages back, and who is no browser needs no leave.
class Cors {
 public:
  /// Comma-separated origins, or "*"; the setting rpc.cors_origins, checked. Empty: no page of another
  /// origin.
  explicit Cors(std::string_view origins);

  bool is_on() const { return any_ || !origins_.empty(); }

  /// Whether a browser asks before it sends the request itself.
  bool is_preflight(const Request& request) const;

  /// Adds what lets the page read a reply; to every reply, errors too.
  void add_headers(const Request& request, Reply& reply) const;

  /// The answer to a preflight, whatever the path, without what add_headers() adds: the request itself then
  /// gets its 404 or 405, which the page can read.
  Reply preflight() const;

 private:
  bool any_ = false;
  std::vector<std::string> origins_;
};

}  // namespace bigocean::server::http
