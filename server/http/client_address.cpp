// The address of a client that may connect through a proxy.
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

std::string text_of(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool mapped = IN6_IS_ADDR_V4MAPPED(reinterpret_cast<const in6_addr*>(address.bytes.data()));
  ::inet_ntop(mapped ? AF_INET : AF_INET6, address.bytes.data() + (mapped ? kMappedBits / 8 : 0), text,
              sizeof text);
  return text;
}

/// The address in a header. Nothing when the header is repeated: one of the two may come from the client.
std::optional<Address> address_in(const Headers& headers, std::string_view header) {
  std::optional<std::string_view> value;
  for (const auto& [name, text] : headers) {
    if (!base::equals_ignoring_case(name, header)) continue;
    if (value) return std::nullopt;
    value = text;
  }
  return value ? parse(*value) : std::nullopt;
}

constexpr std::string_view kRealIp = "X-Real-IP";
constexpr std::string_view kForwardedFor = "X-Forwarded-For";

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

std::string network_of(std::string_view text, unsigned v4_bits, unsigned v6_bits) {
  auto address = parse(text);
  if (!address) return std::string(text);
  const bool v4 =
      address->is_v4 || IN6_IS_ADDR_V4MAPPED(reinterpret_cast<const in6_addr*>(address->bytes.data()));
  const unsigned bits = v4 ? v4_bits : v6_bits;
  for (unsigned bit = bits + (v4 ? kMappedBits : 0); bit < 128; ++bit) {
    address->bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
  }
  return bits == (v4 ? 32 : 128) ? text_of(*address) : fmt::format("{}/{}", text_of(*address), bits);
}

Networks::Networks(std::string_view list, std::string_view setting) {
  for (const auto part : base::comma_list(list)) {
    if (part == "none") continue;
    if (part != "private") {
      add(part, setting);
      continue;
    }
    for (const auto* network : {"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                "100.64.0.0/10", "::1", "fc00::/7"}) {
      add(network, setting);
    }
  }
}

void Networks::add(std::string_view text, std::string_view setting) {
  const auto slash = text.find('/');
  const auto address = parse(text.substr(0, slash));
  const unsigned offset = address && address->is_v4 ? kMappedBits : 0;
  const unsigned bits_max = 128 - offset;
  const auto bits = slash == std::string_view::npos ? std::optional<std::uint64_t>(bits_max)
                                                    : base::parse_digits(text.substr(slash + 1), bits_max);
  if (!address || !bits) {
    throw base::Error(
        base::ExitCode::kUsage, fmt::format("{}: `{}` is not an address or network", setting, text),
        "write addresses and networks, for example \"10.0.0.0/8, fd00::/8\", or the word private or none");
  }
  networks_.push_back({address->bytes, static_cast<unsigned>(*bits) + offset});
}

bool Networks::contains(std::string_view text) const {
  if (networks_.empty()) return false;
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

TrustedProxies::TrustedProxies(std::string_view proxies, std::string_view edge, std::string_view header)
    : proxies_(proxies, "server.trusted_proxies"),
      edge_(edge, "server.edge_network"),
      header_(header),
      private_("private", {}) {}

bool TrustedProxies::contains(std::string_view address) const {
  return proxies_.contains(address) || edge_.contains(address);
}

std::string TrustedProxies::client_of(const std::string& peer, const Headers& headers) const {
  if (proxies_.contains(peer) && !header_.empty()) {
    if (base::equals_ignoring_case(header_, kForwardedFor)) return last_hop(peer, headers);
    const auto named = address_in(headers, header_);
    return named ? text_of(*named) : peer;
  }
  if (!contains(peer)) return peer;
  if (const auto real = address_in(headers, kRealIp)) return text_of(*real);
  return proxies_.contains(peer) ? last_hop(peer, headers) : peer;
}

/// Reads X-Forwarded-For from its end, where the proxies append.
std::string TrustedProxies::last_hop(const std::string& peer, const Headers& headers) const {
  std::string client = peer;
  std::string all;
  for (const auto& [name, text] : headers) {
    if (base::equals_ignoring_case(name, kForwardedFor)) all += (all.empty() ? "" : ",") + text;
  }
  const auto hops = base::comma_list(all);
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = parse(*hop);
    if (!address) break;
    client = text_of(*address);
    if (!contains(client)) break;
  }
  return client;
}

bool TrustedProxies::contradicts(const std::string& peer, const Headers& headers) const {
  if (!header_.empty() || !proxies_.contains(peer)) return false;
  const auto real = address_in(headers, kRealIp);
  return real && find_header(headers, kForwardedFor) && text_of(*real) != last_hop(peer, headers);
}

bool TrustedProxies::is_one_client(const std::string& client, const std::string& peer,
                                   const Headers& headers) const {
  return !contains(client) && !ignores(peer, headers);
}

bool TrustedProxies::ignores(const std::string& peer, const Headers& headers) const {
  if (!private_.contains(peer) || contains(peer)) return false;
  const auto has = [&](const char* name) { return find_header(headers, name).has_value(); };
  return has("X-Real-IP") || has("X-Forwarded-For") || has("Forwarded") ||
         (!header_.empty() && has(header_.c_str()));
}

}  // namespace bigocean::server::http
