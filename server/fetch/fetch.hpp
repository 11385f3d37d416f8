// One request to another server, with a limit on the whole of it.
#pragma once

#include <chrono>
#include <string>

#include "server/fetch/client.hpp"

namespace bigocean::server::http {

struct Fetched {
  int status = 0;  ///< 0: no complete answer came; `fault` says why
  std::string fault{};
  bool sent = false;  ///< the request went out whole, so the server may have acted on it
  Headers headers{};  ///< a redirect is an answer like any other: it is never followed
  std::string body{};
  std::chrono::microseconds elapsed{};
};

/// Asks `url` (http or https; certificates are verified) on a connection of its own. `timeout` covers name
/// resolution, connecting, TLS, sending and the whole answer, however it trickles in. Throws
/// base::Error(kUsage) for a URL that is not one.
Fetched fetch(const std::string& url, std::chrono::milliseconds timeout, const Outgoing& outgoing = {});

}  // namespace bigocean::server::http
