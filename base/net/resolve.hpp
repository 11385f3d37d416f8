// Resolves host names within a deadline, which the system's resolver does not offer.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/interrupt.hpp"

namespace bigocean::base {

/// An address to connect to; `text` is numeric and without brackets ("::1", "10.0.0.3").
struct Address {
  sockaddr_storage bytes{};
  socklen_t length = 0;
  std::string text;
};

/// `failure` is getaddrinfo's status, 0 when `addresses` were found, in the resolver's order.
struct Resolution {
  int failure = 0;
  std::vector<Address> addresses;
};

/// Resolves `host` (a name or a numeric address) for TCP; `family` is AF_UNSPEC, AF_INET or AF_INET6. Returns
/// nothing when the deadline passes first: a name is looked up in a separate thread, which then finishes on
/// its own. Throws base::Error (130/143) on a signal. `interrupt` may be null.
std::optional<Resolution> resolve(const std::string& host, int port, int family,
                                  std::chrono::steady_clock::time_point deadline, const Interrupt* interrupt);

}  // namespace bigocean::base
