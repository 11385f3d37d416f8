// Sockets and epoll: the system's calls, and errors that say what to do.
#include "server/http/transport.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/error.hpp"
#include "server/http/client_address.hpp"

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

/// Returns no descriptor, and errno says why, when it fails.
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

Descriptor spare_descriptor() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool add_to_epoll(int epoll, int fd, std::uint64_t about, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = about;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/// What became of recv() or send().
Socket::Transfer transfer_of(ssize_t count, bool& ready) {
  if (count >= 0) return {Socket::Outcome::kMoved, static_cast<std::size_t>(count)};
  if (errno != EAGAIN && errno != EWOULDBLOCK) return {Socket::Outcome::kOver};
  ready = false;
  return {Socket::Outcome::kLater};
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

Acceptor::Acceptor(Listener listener) : listener_(std::move(listener)), spare_(spare_descriptor()) {}

Acceptor::Accepted Acceptor::accept() {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  Descriptor socket(
      ::accept4(fd(), reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.get() >= 0) return {Outcome::kTaken, std::move(socket), peer_address(peer)};
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return {Outcome::kNoDescriptor};
    case ECONNABORTED:
    case EINTR:
      return {Outcome::kLost};
    default:
      return {Outcome::kNone};
  }
}

void Acceptor::turn_away(std::string_view reply) {
  spare_ = Descriptor();
  {
    const Descriptor socket(::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() >= 0) send_or_lose(socket.get(), reply);
  }
  spare_ = spare_descriptor();
}

Socket::Socket(Descriptor connected) : descriptor_(std::move(connected)) {
  const int on = 1;
  ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Socket::wake(bool readable, bool writable) {
  readable_ = readable_ || readable;
  writable_ = writable_ || writable;
}

Socket::Transfer Socket::read(std::span<char> buffer) {
  if (!readable_) return {Outcome::kLater};
  ssize_t count;
  do {
    count = ::recv(fd(), buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count == 0) return {Outcome::kOver};
  return transfer_of(count, readable_);
}

Socket::Transfer Socket::write(std::string_view bytes) {
  if (!writable_) return {Outcome::kLater};
  ssize_t count;
  do {
    count = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return transfer_of(count, writable_);
}

void Socket::write_or_lose(std::string_view bytes) { send_or_lose(fd(), bytes); }

void Socket::end_writing() { ::shutdown(fd(), SHUT_WR); }

void Socket::reset_when_closed() {
  const linger reset{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

void send_or_lose(int fd, std::string_view bytes) {
  [[maybe_unused]] const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

void Poller::watch(int fd, std::uint64_t about) {
  if (add_to_epoll(epoll_.get(), fd, about, EPOLLIN)) return;
  throw base::Error(base::ExitCode::kInternal, "cannot watch a descriptor with epoll",
                    "raise the limit of open files (ulimit -n)");
}

bool Poller::watch_edges(int fd, std::uint64_t about) {
  return add_to_epoll(epoll_.get(), fd, about, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void Poller::forget(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const Poller::Event> Poller::wait(Clock::time_point until) {
  using std::chrono::milliseconds;
  int limit = -1;
  if (until != Clock::time_point::max()) {
    const auto now = Clock::now();
    const auto left = until <= now ? milliseconds{0} : std::chrono::ceil<milliseconds>(until - now);
    limit = static_cast<int>(std::min(left, milliseconds{60'000}).count());
  }
  std::array<epoll_event, std::tuple_size_v<decltype(events_)>> raw;
  const int count = std::max(0, ::epoll_wait(epoll_.get(), raw.data(), static_cast<int>(raw.size()), limit));
  std::transform(raw.begin(), raw.begin() + count, events_.begin(), [](const epoll_event& event) {
    const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    return Event{.about = event.data.u64,
                 .readable = broken || (event.events & (EPOLLIN | EPOLLRDHUP)) != 0,
                 .writable = broken || (event.events & EPOLLOUT) != 0};
  });
  return {events_.data(), static_cast<std::size_t>(count)};
}

}  // namespace bigocean::server::http
