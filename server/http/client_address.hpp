// The address of a client that may connect through a proxy.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The peer's address as text; an IPv4 address mapped into IPv6 is written as IPv4.
std::string peer_address(const sockaddr_storage& peer);

/// The network of an address: "203.0.113.0/24", "2001:db8::/48". With all bits the length is left out. An
/// IPv4 address mapped into IPv6 counts as IPv4. A text that is not an address is returned unchanged.
std::string network_of(std::string_view address, unsigned v4_bits, unsigned v6_bits);

/// The owner of an address: the IPv4 address itself, or the /64 that an IPv6 client owns.
inline std::string owner_of(std::string_view address) { return network_of(address, 32, 64); }

/// A list of IPv4 and IPv6 networks. Immutable, so thread-safe.
class Networks {
 public:
  /// Comma-separated addresses and networks ("10.0.0.0/8, fd00::/8"), and the word `private` for loopback,
  /// the private and carrier-grade NAT ranges of IPv4, and unique local IPv6. Empty or `none`: no network.
  /// Throws base::Error(kUsage), which names `setting`, for any other text.
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

/// The proxies that are trusted to name the client. Immutable, so thread-safe.
class TrustedProxies {
 public:
  /// `proxies` and `edge` are lists as for Networks. `proxies` are trusted in X-Real-IP, else
  /// X-Forwarded-For, or only in `header` when that is set. `edge`, the platform's, is trusted in X-Real-IP
  /// only. Throws base::Error(kUsage) for an invalid list.
  explicit TrustedProxies(std::string_view proxies, std::string_view edge = {}, std::string_view header = {});

  /// Whether this address belongs to a trusted proxy or the edge.
  bool contains(std::string_view address) const;

  /// The client's address in its usual form: `peer`, or, where the peer is trusted, the address in X-Real-IP
  /// (if sent once), else the last address in X-Forwarded-For that is not a trusted proxy. With a `header`,
  /// the address in that header, and `peer` where it is missing, repeated, or not an address.
  std::string client_of(const std::string& peer, const Headers& headers) const;

  /// Whether `client`, a result of client_of(), stands for a single client. It does not when it is a proxy
  /// that names no client, or may be an unknown proxy: all clients of the proxy would be counted as one.
  bool is_one_client(const std::string& client, const std::string& peer, const Headers& headers) const;

  /// Whether a trusted proxy names two different clients in X-Real-IP and X-Forwarded-For, and no header is
  /// named: one of the two was probably sent by the client and passed on by the proxy.
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
