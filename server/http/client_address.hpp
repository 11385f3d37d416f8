// Who is at the other end, when a proxy may stand between.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The peer's address in text, IPv4 as such also where it came mapped into IPv6.
std::string peer_address(const sockaddr_storage& peer);

/// The proxies whose word about the client is believed.
class TrustedProxies {
 public:
  /// Comma-separated addresses and networks ("10.0.0.0/8, fd00::/8"), and the word `private` for loopback,
  /// the private and carrier-grade NAT ranges of IPv4, and unique local IPv6. Empty: nobody. Throws
  /// base::Error(kUsage) for anything else.
  explicit TrustedProxies(std::string_view list);

  bool contains(std::string_view address) const;

  /// `peer`, or what X-Real-IP says, or the last address in X-Forwarded-For that is no trusted proxy itself,
  /// where the peer is one.
  std::string client_of(const std::string& peer, const Headers& headers) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};  ///< IPv4 mapped into IPv6
    unsigned prefix_bits = 0;
  };
  void add(std::string_view text);

  std::vector<Network> networks_;
};

}  // namespace bigocean::server::http
