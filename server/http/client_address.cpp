// Who is at the other end, when a proxy may stand between.
#include "server/http/client_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::server::http {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr unsigned kMappedBits = 96;  ///< of ::ffff:0:0/96, where IPv4 lies in IPv6

struct Address {
  Bytes bytes{};
  bool is_v4 = false;
};

std::optional<Address> parse(std::string_view text) {
  const std::string terminated(text);
  Address address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.is_v4 = true;
  address.bytes[10] = address.bytes[11] = 0xff;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

}  // namespace

std::string peer_address(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof text);
    return text;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    ::inet_ntop(AF_INET, &v6.s6_addr[12], text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, &v6, text, sizeof text);
  }
  return text;
}

TrustedProxies::TrustedProxies(std::string_view list) {
  for (const auto part : base::comma_list(list)) {
    if (part != "private") {
      add(part);
      continue;
    }
    for (const auto* network : {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                "100.64.0.0/10", "::1", "fc00::/7"}) {
      add(network);
    }
  }
}

void TrustedProxies::add(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse(text.substr(0, slash));
  const unsigned offset = address && address->is_v4 ? kMappedBits : 0;
  const unsigned bits_max = 128 - offset;
  const auto bits = slash == std::string_view::npos ? std::optional<std::uint64_t>(bits_max)
                                                    : base::parse_digits(text.substr(slash + 1), bits_max);
  if (!address || !bits) {
    throw base::Error(
        base::ExitCode::kUsage, fmt::format("server.trusted_proxies: `{}` is no address or network", text),
        "write addresses and networks, for example \"10.0.0.0/8, fd00::/8\", or the word private");
  }
  networks_.push_back({address->bytes, static_cast<unsigned>(*bits) + offset});
}

bool TrustedProxies::contains(std::string_view text) const {
  const auto address = parse(text);
  if (!address) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const auto whole = network.prefix_bits / 8;
    const auto rest = network.prefix_bits % 8;
    if (!std::equal(network.bytes.begin(), network.bytes.begin() + whole, address->bytes.begin()))
      return false;
    return rest == 0 || ((network.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
  });
}

std::string TrustedProxies::client_of(const std::string& peer, const Headers& headers) const {
  if (networks_.empty() || !contains(peer)) return peer;
  const auto real = find_header(headers, "X-Real-IP");
  if (real && parse(*real)) return std::string(*real);
  std::string client = peer;
  const auto hops = base::comma_list(find_header(headers, "X-Forwarded-For").value_or(""));
  for (auto hop = hops.rbegin(); hop != hops.rend() && parse(*hop); ++hop) {
    client = *hop;
    if (!contains(*hop)) break;
  }
  return client;
}

}  // namespace bigocean::server::http
