// Binding and listening, with errors that say what to do.
#include "server/http/socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/error.hpp"

namespace bigocean::server::http {
namespace {

/// A burst of connections waits here until the event loop takes them; the kernel caps it at
/// net.core.somaxconn.
constexpr int kBacklog = 4096;

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int fault = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
      fault != 0) {
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("cannot listen on {}: {}", host, ::gai_strerror(fault)),
                      "set HOST to an address of this machine, or to :: for all of them");
  }
  return {found, &::freeaddrinfo};
}

std::string address_text(const sockaddr_storage& address, int& port) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    port = ntohs(v6.sin6_port);
    return fmt::format("[{}]:{}", text, port);
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  port = ntohs(v4.sin_port);
  return fmt::format("{}:{}", text, port);
}

[[noreturn]] void fail(const std::string& host, int port, int fault) {
  std::string hint = "set HOST to an address of this machine, or to :: for all of them";
  if (fault == EADDRINUSE) {
    throw base::Error(base::ExitCode::kUsage, fmt::format("port {} is in use", port),
                      fmt::format("set PORT to a free one, or stop the process that listens on it "
                                  "(ss -ltnp 'sport = :{}')",
                                  port));
  }
  if (fault == EACCES) hint = "set PORT to 1024 or above; lower ports need a privilege";
  throw base::Error(
      base::ExitCode::kUsage,
      fmt::format("cannot listen on {}, port {}: {}", host, port, std::generic_category().message(fault)),
      hint);
}

/// On failure returns no descriptor, and errno says why.
Descriptor try_listen(const addrinfo& address) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return socket;
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) == 0 &&
      ::listen(socket.get(), kBacklog) == 0) {
    return socket;
  }
  const int fault = errno;
  socket = Descriptor();
  errno = fault;
  return socket;
}

}  // namespace

Listener listen_on(const std::string& host, int port) {
  const auto addresses = resolve(host, port);
  Listener listener;
  int fault = 0;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    listener.socket = try_listen(*address);
    fault = listener.socket.get() < 0 ? errno : 0;
    if (fault == 0 || fault == EADDRINUSE) break;
  }
  if (fault != 0) {
    const bool no_ipv6 = fault == EAFNOSUPPORT || fault == EADDRNOTAVAIL || fault == EPROTONOSUPPORT;
    if (host == "::" && no_ipv6) return listen_on("0.0.0.0", port);
    fail(host, port, fault);
  }
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  ::getsockname(listener.socket.get(), reinterpret_cast<sockaddr*>(&bound), &length);
  listener.address = address_text(bound, listener.port);
  return listener;
}

}  // namespace bigocean::server::http
