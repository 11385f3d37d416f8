// Which source of the client's address is trusted.
#include "server/http/client_address.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace bigocean::server::http::client_address_test {
namespace {

TEST_CASE("networks contain what they should, IPv4 mapped into IPv6 too") {
  const TrustedProxies proxies("10.0.0.0/8, 192.0.2.7 ,2001:db8::/33,::1");
  for (const auto* inside : {"10.0.0.0", "10.255.255.255", "192.0.2.7", "2001:db8::1",
                             "2001:db8:7fff::", "::1", "::ffff:10.1.2.3"}) {
    CAPTURE(inside);
    CHECK(proxies.contains(inside));
  }
  for (const auto* outside :
       {"11.0.0.0", "9.255.255.255", "192.0.2.8", "2001:db8:8000::", "::2", "", "x", "10.0.0"}) {
    CAPTURE(outside);
    CHECK_FALSE(proxies.contains(outside));
  }
  CHECK_FALSE(TrustedProxies("").contains("127.0.0.1"));
  CHECK(TrustedProxies("0.0.0.0/0").contains("8.8.8.8"));
  CHECK_FALSE(TrustedProxies("0.0.0.0/0").contains("2001:db8::1"));
}

TEST_CASE("`private` is every network that nobody routes") {
  const TrustedProxies proxies("private");
  for (const auto* inside :
       {"127.0.0.1", "10.1.1.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1"}) {
    CAPTURE(inside);
    CHECK(proxies.contains(inside));
  }
  for (const auto* outside : {"172.32.0.1", "100.128.0.1", "8.8.8.8", "2001:db8::1"}) {
    CAPTURE(outside);
    CHECK_FALSE(proxies.contains(outside));
  }
}

TEST_CASE("what is no address or network is named") {
  for (const std::string bad : {"10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/x", "proxy",
                                "10.0.0.0/8/8", "10.0.0.0/-1"}) {
    CAPTURE(bad);
    try {
      const TrustedProxies proxies("::1, " + bad);
      FAIL("accepted");
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUsage);
      CHECK(error.message == "server.trusted_proxies: `" + bad + "` is not an address or network");
    }
    try {
      const TrustedProxies proxies("", bad);
      FAIL("accepted");
    } catch (const base::Error& error) {
      CHECK(error.message == "server.edge_network: `" + bad + "` is not an address or network");
    }
  }
}

TEST_CASE("the client is whom the nearest trusted proxy saw") {
  const TrustedProxies proxies("10.0.0.0/8");
  CHECK(proxies.client_of("10.0.0.1", {}) == "10.0.0.1");
  CHECK(proxies.client_of("10.0.0.1", {{"x-real-ip", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(proxies.client_of("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  // What a client claims stands further left than what the proxy saw.
  CHECK(proxies.client_of("10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, 198.51.100.1, 10.0.0.2"}}) ==
        "198.51.100.1");
  CHECK(proxies.client_of("10.0.0.1", {{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}) == "10.0.0.3");
  CHECK(proxies.client_of("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1, rubbish"}}) == "10.0.0.1");
  CHECK(proxies.client_of("10.0.0.1", {{"X-Real-IP", "rubbish"}}) == "10.0.0.1");
  // Nobody else's word counts.
  CHECK(proxies.client_of("203.0.113.9", {{"X-Real-IP", "198.51.100.1"}}) == "203.0.113.9");
  CHECK(TrustedProxies("").client_of("10.0.0.1", {{"X-Real-IP", "198.51.100.1"}}) == "10.0.0.1");
}

TEST_CASE("an edge is believed in X-Real-IP and in nothing else") {
  const TrustedProxies proxies("10.0.0.0/8", "100.64.0.0/10");
  CHECK(proxies.contains("100.127.255.255"));
  CHECK(proxies.contains("10.0.0.1"));
  CHECK_FALSE(proxies.contains("100.128.0.0"));
  CHECK(proxies.client_of("100.64.0.3", {{"X-Real-IP", "198.51.100.1"}}) == "198.51.100.1");
  // As the platform sends it: the client first, its own changing address last.
  CHECK(proxies.client_of("100.64.0.3", {{"X-Forwarded-For", "198.51.100.1, 152.233.33.7"}}) == "100.64.0.3");
  CHECK(proxies.client_of("100.64.0.3", {{"X-Forwarded-For", "203.0.113.5, 152.233.33.7"},
                                         {"X-Real-IP", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(proxies.client_of("100.64.0.3", {}) == "100.64.0.3");
  CHECK(proxies.client_of("100.64.0.3", {{"X-Real-IP", "rubbish"}}) == "100.64.0.3");
  CHECK(proxies.client_of("203.0.113.9", {{"X-Real-IP", "198.51.100.1"}}) == "203.0.113.9");
  for (const std::string none : {"", "none", " , none"}) {
    CAPTURE(none);
    CHECK(TrustedProxies("", none).client_of("100.64.0.3", {{"X-Real-IP", "198.51.100.1"}}) == "100.64.0.3");
  }
}

TEST_CASE("X-Real-IP twice is not believed, and one address has one form") {
  const TrustedProxies edge("", "100.64.0.0/10");
  const Headers twice{{"X-Real-IP", "198.51.100.1"}, {"x-real-ip", "198.51.100.2"}};
  CHECK(edge.client_of("100.64.0.3", twice) == "100.64.0.3");
  CHECK(TrustedProxies("private").client_of("100.64.0.3", twice) == "100.64.0.3");
  CHECK(edge.client_of("100.64.0.3", {{"X-Real-IP", "::ffff:198.51.100.1"}}) == "198.51.100.1");
  CHECK(edge.client_of("100.64.0.3", {{"X-Real-IP", "2001:DB8:0:0::1"}}) == "2001:db8::1");
  CHECK(TrustedProxies("private").client_of("10.0.0.1", {{"X-Forwarded-For", "2001:DB8:0::1"}}) ==
        "2001:db8::1");
}

TEST_CASE("with a header named nothing else is believed of a trusted proxy") {
  const Headers spoofed{{"X-Real-IP", "192.0.2.66"},
                        {"X-Forwarded-For", "192.0.2.66, 198.51.100.1"},
                        {"CF-Connecting-IP", "198.51.100.2"}};
  const auto client = [&](std::string_view header, const Headers& headers,
                          const std::string& peer = "10.0.0.1") {
    return TrustedProxies("10.0.0.0/8", "100.64.0.0/10", header).client_of(peer, headers);
  };
  CHECK(client("", spoofed) == "192.0.2.66");
  CHECK(client("X-Forwarded-For", spoofed) == "198.51.100.1");
  CHECK(client("x-forwarded-for", spoofed) == "198.51.100.1");
  CHECK(client("CF-Connecting-IP", spoofed) == "198.51.100.2");
  CHECK(client("X-Real-IP", spoofed) == "192.0.2.66");
  // Missing, twice, or no address: nobody is named.
  CHECK(client("True-Client-IP", spoofed) == "10.0.0.1");
  CHECK(client("A", {{"A", "198.51.100.1"}, {"a", "198.51.100.2"}}) == "10.0.0.1");
  CHECK(client("A", {{"A", "198.51.100.1, 198.51.100.2"}}) == "10.0.0.1");
  // The edge has its own, and a stranger none.
  CHECK(client("X-Forwarded-For", spoofed, "100.64.0.3") == "192.0.2.66");
  CHECK(client("X-Forwarded-For", spoofed, "203.0.113.9") == "203.0.113.9");
  // A list in several headers is one list.
  CHECK(client("X-Forwarded-For", {{"X-Forwarded-For", "192.0.2.66"}, {"X-Forwarded-For", "198.51.100.1"}}) ==
        "198.51.100.1");
}

TEST_CASE("a proxy that names two clients is noticed, unless it is said which header counts") {
  const auto contradicts = [](std::string_view header, const Headers& headers,
                              const std::string& peer = "10.0.0.1") {
    return TrustedProxies("10.0.0.0/8", "100.64.0.0/10", header).contradicts(peer, headers);
  };
  const Headers two{{"X-Real-IP", "192.0.2.66"}, {"X-Forwarded-For", "192.0.2.66, 198.51.100.1"}};
  CHECK(contradicts("", two));
  CHECK_FALSE(contradicts("X-Real-IP", two));
  CHECK_FALSE(contradicts("", two, "203.0.113.9"));
  CHECK_FALSE(contradicts("", two, "100.64.0.3"));
  CHECK_FALSE(
      contradicts("", {{"X-Real-IP", "198.51.100.1"}, {"X-Forwarded-For", "192.0.2.66, 198.51.100.1"}}));
  CHECK_FALSE(contradicts("", {{"X-Real-IP", "198.51.100.1"}}));
  CHECK_FALSE(contradicts("", {{"X-Forwarded-For", "198.51.100.1"}}));
}

TEST_CASE("a network of an address, and whom an address stands for") {
  CHECK(network_of("2001:db8:1:2:3:4:5:6", 24, 48) == "2001:db8:1::/48");
  CHECK(network_of("2001:db8:1:2:3:4:5:6", 24, 64) == "2001:db8:1:2::/64");
  CHECK(network_of("2001:db8:1:2:3:4:5:6", 24, 128) == "2001:db8:1:2:3:4:5:6");
  CHECK(network_of("203.0.113.7", 24, 48) == "203.0.113.0/24");
  CHECK(network_of("203.0.113.7", 32, 48) == "203.0.113.7");
  CHECK(network_of("::ffff:203.0.113.7", 24, 48) == "203.0.113.0/24");
  CHECK(network_of("rubbish", 24, 48) == "rubbish");
  CHECK(owner_of("2001:db8::1") == owner_of("2001:db8::ffff:0:0:1"));
  CHECK(owner_of("2001:db8::1") != owner_of("2001:db8:0:1::1"));
  CHECK(owner_of("203.0.113.7") != owner_of("203.0.113.8"));
}

TEST_CASE("a proxy that names no client is not one client") {
  const TrustedProxies proxies("10.0.0.0/8", "100.64.0.0/10");
  const auto is_one = [&](const std::string& peer, const Headers& headers) {
    return proxies.is_one_client(proxies.client_of(peer, headers), peer, headers);
  };
  CHECK(is_one("203.0.113.9", {}));
  CHECK(is_one("203.0.113.9", {{"X-Real-IP", "198.51.100.1"}}));  // its own words do not make it many
  CHECK(is_one("10.0.0.1", {{"X-Real-IP", "198.51.100.1"}}));
  CHECK(is_one("100.64.0.3", {{"X-Real-IP", "198.51.100.1"}}));
  CHECK_FALSE(is_one("10.0.0.1", {}));
  CHECK_FALSE(is_one("10.0.0.1", {{"X-Forwarded-For", "10.0.0.2"}}));
  CHECK_FALSE(is_one("100.64.0.3", {{"X-Forwarded-For", "198.51.100.1"}}));
  CHECK_FALSE(
      is_one("192.168.0.1", {{"X-Forwarded-For", "198.51.100.1"}}));  // may be a proxy that nobody named
  CHECK(is_one("192.168.0.1", {}));
}

TEST_CASE("a private peer that is not trusted and names a client is noticed") {
  const TrustedProxies proxies("192.0.2.0/24, 10.1.0.0/16", "100.64.0.0/10");
  for (const std::string peer : {"127.0.0.1", "10.2.0.1", "172.16.0.1", "192.168.1.1", "fd12::1", "::1"}) {
    CAPTURE(peer);
    for (const char* header : {"X-Real-IP", "x-forwarded-for", "Forwarded"}) {
      CHECK(proxies.ignores(peer, {{"Host", "a"}, {header, "198.51.100.1"}}));
    }
    CHECK_FALSE(proxies.ignores(peer, {{"Host", "a"}, {"X-Request-Id", "1"}}));
  }
  // Trusted, or anybody on the internet.
  for (const std::string peer : {"100.64.0.3", "10.1.2.3", "203.0.113.9", "2001:db8::1"}) {
    CAPTURE(peer);
    CHECK_FALSE(proxies.ignores(peer, {{"X-Real-IP", "198.51.100.1"}}));
  }
}

TEST_CASE("a peer's address in text") {
  sockaddr_storage storage{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  v6.sin6_family = AF_INET6;
  REQUIRE(::inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr) == 1);
  CHECK(peer_address(storage) == "192.0.2.1");
  REQUIRE(::inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr) == 1);
  CHECK(peer_address(storage) == "2001:db8::1");
}

}  // namespace
}  // namespace bigocean::server::http::client_address_test
