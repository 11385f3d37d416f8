// Which web pages may call the service (CORS).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// Sets the headers by which browsers allow or refuse pages. Clients that are not browsers are not affected.
/// Immutable, so thread-safe.
class Cors {
 public:
  /// `origins` is the checked setting rpc.cors_origins: comma-separated origins, or "*"; empty: no page of
  /// another origin.
  explicit Cors(std::string_view origins);

  bool is_on() const { return any_ || !origins_.empty(); }

  /// Whether `request` is a preflight, which a browser sends before the request itself.
  bool is_preflight(const Request& request) const;

  /// Adds the headers that let the page read a reply. To be called for every reply, errors included.
  void add_headers(const Request& request, Reply& reply) const;

  /// The answer to a preflight for any path, without the headers of add_headers(). The request itself then
  /// gets its 404 or 405, which the page can read.
  Reply preflight() const;

 private:
  bool any_ = false;
  std::vector<std::string> origins_;
};

}  // namespace bigocean::server::http
