// Whose word about the client's address is believed.
#include "server/http/client_address.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace bigocean::server::http {
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
      CHECK(error.message.find("`" + bad + "`") != std::string::npos);
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
}  // namespace bigocean::server::http
