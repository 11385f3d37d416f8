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

/// The network that an address lies in: "203.0.113.0/24", "2001:db8::/48"; the whole of an address has no
/// length. IPv4 counts as such also where it is mapped into IPv6. What is no address comes back as it is.
std::string network_of(std::string_view address, unsigned v4_bits, unsigned v6_bits);

/// Whom an address stands for: one IPv4 address, or the /64 that an IPv6 client owns.
inline std::string owner_of(std::string_view address) { return network_of(address, 32, 64); }

/// IPv4 and IPv6 networks.
class Networks {
 public:
  /// Comma-separated addresses and networks ("10.0.0.0/8, fd00::/8"), and the word `private` for loopback,
  /// the private and carrier-grade NAT ranges of IPv4, and unique local IPv6. Empty or `none`: no network.
  /// Throws base::Error(kUsage), which names `setting`, for anything else.
  Networks(std::string_view list, std::string_view setting);

  bool contains(std::string_view address) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};  ///< IPv4 mapped into IPv6
    unsigned prefix_bits = 0;
  };
  void add(std::string_view text, std::string_view setting);

  std::vector<Network> networks_;
};

/// The proxies whose word about the client is believed.
class TrustedProxies {
 public:
  /// Lists as Networks has them. `proxies` are believed in X-Real-IP, else X-Forwarded-For, or in nothing but
  /// the one header that is named; `edge`, a platform's, in X-Real-IP only. Throws base::Error(kUsage) for
  /// what is no list.
  explicit TrustedProxies(std::string_view proxies, std::string_view edge = {}, std::string_view header = {});

  /// Whether this address is one of either.
  bool contains(std::string_view address) const;

  /// The client's address in its usual form: `peer`, or, where the peer is trusted, what the one X-Real-IP
  /// says, or the last address in X-Forwarded-For that is no trusted proxy itself. With a header named, what
  /// that one says, and `peer` where it is missing, twice, or no address.
  std::string client_of(const std::string& peer, const Headers& headers) const;

  /// Whether `client`, as client_of() has it, is one client. It is not where it is a proxy that names no
  /// client, or may be one that nobody told us of: all who come through it would be counted as one.
  bool is_one_client(const std::string& client, const std::string& peer, const Headers& headers) const;

  /// Whether a trusted proxy names two different clients in X-Real-IP and X-Forwarded-For, and no header is
  /// named: one of the two is most likely the client's own word, which the proxy passes on.
  bool contradicts(const std::string& peer, const Headers& headers) const;

  /// Whether the peer has a private address, is not trusted, and sends a header that names another client.
  bool ignores(const std::string& peer, const Headers& headers) const;

 private:
  std::string last_hop(const std::string& peer, const Headers& headers) const;

  Networks proxies_;
  Networks edge_;
  const std::string header_;  ///< of the proxies'; empty: the usual two
  Networks private_;
};

}  // namespace bigocean::server::http
