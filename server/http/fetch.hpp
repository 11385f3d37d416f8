// One GET with a limit on the whole of it.
#pragma once

#include <chrono>
#include <string>

namespace bigocean::server::http {

struct Fetched {
  int status = 0;  ///< 0: no complete answer came; `fault` says why
  std::string fault{};
  std::string body{};
  std::string location{};  ///< of a redirect, which is never followed
  std::chrono::microseconds elapsed{};
};

/// Fetches `url` (http or https; certificates are verified) on a connection of its own. `timeout` covers name
/// resolution, connecting, TLS, sending and the whole answer, however it trickles in. Throws
/// base::Error(kUsage) for a URL that is not one.
Fetched fetch(const std::string& url, std::chrono::milliseconds timeout);

}  // namespace bigocean::server::http
