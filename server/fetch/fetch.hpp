// One request to another server, with one limit on the whole exchange.
#pragma once

#include <chrono>
#include <string>

#include "server/fetch/client.hpp"

namespace bigocean::server::http {

struct Fetched {
  int status = 0;  ///< 0: no complete answer; `fault` says why
  std::string fault{};
  bool sent = false;  ///< the whole request was sent, so the server may have acted on it
  Headers headers{};  ///< redirects are returned like any answer, never followed
  std::string body{};
  std::chrono::microseconds elapsed{};
};

/// Sends one request to `url` (http or https; certificates are verified) on a new connection. `timeout`
/// covers name resolution, connecting, TLS, sending and the whole answer, even one that arrives slowly.
/// Throws base::Error(kUsage) for an invalid URL, and 130 or 143 once `interrupt` (may be null) is raised;
/// other failures are in the result. A span of the active trace.
Fetched fetch(const std::string& url, std::chrono::milliseconds timeout, const Outgoing& outgoing = {},
              const base::Interrupt* interrupt = nullptr);

}  // namespace bigocean::server::http
