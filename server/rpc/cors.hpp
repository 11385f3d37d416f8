// Which web pages may call the procedures (CORS).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::rpc {

/// Says so in headers; it is the browser that holds pages back, and who is no browser needs no leave.
class Cors {
 public:
  /// Comma-separated origins, or "*"; the setting rpc.cors_origins, checked. Empty: no page of another
  /// origin.
  explicit Cors(std::string_view origins);

  bool is_on() const { return any_ || !origins_.empty(); }

  /// Adds what lets the page read a reply; to every reply, errors too.
  void add_headers(const http::Request& request, http::Reply& reply) const;

  /// The answer to OPTIONS, without what add_headers() adds.
  http::Reply preflight() const;

 private:
  bool any_ = false;
  std::vector<std::string> origins_;
};

}  // namespace bigocean::server::rpc
