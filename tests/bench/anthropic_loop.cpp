// The stand-in for Anthropic's Messages API on one epoll thread: for benches, where a thread for each
// connection would cost the service under test its processor.
#include "tests/bench/anthropic_loop.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <thread>

namespace bigocean::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kBacklog = 1024;

int listen_on(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd, kBacklog) == 0)
    return fd;
  ::close(fd);
  throw std::runtime_error("the stand-in for the model's API cannot listen on 127.0.0.1");
}

int port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

struct Peer {
  int fd = -1;
  std::size_t number = 0;
  std::string in{};
  std::string out{};                 ///< due, and not yet taken by the kernel
  ModelOrder order{};                ///< that is being answered
  std::vector<TimedBytes> pieces{};  ///< of it
  std::size_t next = 0;
  bool answering = false;
};

}  // namespace

struct AnthropicLoop::Impl {
  ModelBooks books;
  int listener;
  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  int stop = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::thread thread;

  // For the loop's thread only.
  std::map<int, Peer> open;
  std::multimap<Clock::time_point, std::pair<int, std::size_t>> due;  ///< fd and number of its connection
  std::size_t connections = 0;

  Impl(AnthropicStandIn::Answerer answerer, AnthropicStandIn::Options options)
      : books(std::move(answerer), std::move(options)), listener(listen_on(books.options().port)) {
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(stop, EPOLLIN, EPOLL_CTL_ADD);
  }

  ~Impl() {
    for (const auto& [fd, connection] : open) ::close(fd);
    for (const int fd : {listener, epoll, stop}) ::close(fd);
  }

  void watch(int fd, std::uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll, operation, fd, &event);
  }

  void run() {
    for (;;) {
      int wait = -1;
      if (!due.empty())
        wait = static_cast<int>(std::clamp<long long>(
            std::chrono::ceil<milliseconds>(due.begin()->first - Clock::now()).count(), 0, 60'000));
      epoll_event events[64];
      const int ready = ::epoll_wait(epoll, events, 64, wait);
      for (int i = 0; i < ready; ++i) {
        if (events[i].data.fd == stop) return;
        if (events[i].data.fd == listener) {
          accept_all();
        } else if (const auto found = open.find(events[i].data.fd); found != open.end()) {
          handle(found->second, events[i].events);
        }
      }
      send_due();
    }
  }

  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
      open[fd] = {.fd = fd, .number = ++connections};
      watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
    }
  }

  void handle(Peer& connection, std::uint32_t events) {
    char bytes[65536];
    ssize_t got = 0;
    while ((got = ::recv(connection.fd, bytes, sizeof bytes, 0)) > 0)
      connection.in.append(bytes, static_cast<std::size_t>(got));
    if (got == 0 || errno != EAGAIN || (events & (EPOLLHUP | EPOLLERR)) != 0) return close(connection);
    if ((events & EPOLLOUT) != 0 && !flush(connection)) return;
    if (!connection.answering) read_request(connection);
  }

  void close(Peer& connection) {
    const int fd = connection.fd;
    if (connection.answering) books.is_left(connection.order);
    ::close(fd);
    open.erase(fd);
  }

  void read_request(Peer& connection) {
    const auto head_end = connection.in.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    const auto at = connection.in.find("Content-Length: ");
    const auto length = at < head_end ? std::stoul(connection.in.substr(at + 16)) : 0;
    if (connection.in.size() < head_end + 4 + length) return;
    connection.order =
        books.take(connection.in.substr(0, head_end + 4),
                   std::string_view(connection.in).substr(head_end + 4, length), connection.number);
    connection.in.erase(0, head_end + 4 + length);
    connection.pieces = bytes_of(connection.order.plan);
    connection.next = 0;
    connection.answering = true;
    schedule(connection);
  }

  void schedule(const Peer& connection) {
    const auto& pieces = connection.pieces;
    const auto delay = connection.next < pieces.size() ? pieces[connection.next].delay : milliseconds{0};
    due.emplace(Clock::now() + delay, std::pair{connection.fd, connection.number});
  }

  void send_due() {
    while (!due.empty() && due.begin()->first <= Clock::now()) {
      const auto [fd, number] = due.begin()->second;
      due.erase(due.begin());
      const auto found = open.find(fd);
      // The number tells a connection from another one that got its descriptor.
      if (found == open.end() || found->second.number != number || !found->second.answering) continue;
      advance(found->second);
    }
  }

  /// Sends what is due now; what is billed is booked before the client can know of it.
  void advance(Peer& connection) {
    const auto& pieces = connection.pieces;
    for (bool first = true; connection.next < pieces.size(); first = false) {
      const auto& piece = pieces[connection.next];
      if (!first && piece.delay.count() > 0) break;
      books.bill(connection.order, piece);
      connection.out += piece.bytes;
      ++connection.next;
    }
    if (connection.next == pieces.size()) books.is_whole(connection.order);
    if (!flush(connection)) return;
    if (connection.next < pieces.size()) return schedule(connection);
    if (connection.order.plan.end == Plan::End::kSilence) return;
    connection.answering = false;
    if (connection.order.plan.end == Plan::End::kClose && connection.out.empty()) return close(connection);
    read_request(connection);
  }

  /// False: the connection is gone.
  bool flush(Peer& connection) {
    while (!connection.out.empty()) {
      const auto sent = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) break;
      if (sent < 0) return close(connection), false;
      connection.out.erase(0, static_cast<std::size_t>(sent));
    }
    const bool blocked = !connection.out.empty();
    watch(connection.fd, EPOLLIN | EPOLLRDHUP | (blocked ? EPOLLOUT : 0U), EPOLL_CTL_MOD);
    const bool over =
        !connection.answering && connection.order.plan.end == Plan::End::kClose && connection.next > 0;
    if (!blocked && over) return close(connection), false;
    return true;
  }
};

AnthropicLoop::AnthropicLoop(AnthropicStandIn::Answerer answerer, AnthropicStandIn::Options options)
    : impl_(std::make_unique<Impl>(std::move(answerer), std::move(options))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

AnthropicLoop::~AnthropicLoop() {
  const std::uint64_t one = 1;
  if (::write(impl_->stop, &one, sizeof one) != sizeof one) std::abort();
  impl_->thread.join();
}

int AnthropicLoop::port() const { return port_of(impl_->listener); }
const ModelBooks& AnthropicLoop::books() const { return impl_->books; }

}  // namespace bigocean::test
