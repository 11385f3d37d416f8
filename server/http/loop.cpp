// Events, acceptance, deadlines and the drain of the event loop.
#include "server/http/loop.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.hpp"
#include "server/http/loop_state.hpp"

namespace bigocean::server::http {
namespace {

using std::chrono::milliseconds;

// What an epoll event is about; connections have numbers from kFirstConnection on.
constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kStop = 1;
constexpr std::uint64_t kCompletion = 2;
constexpr std::uint64_t kFirstConnection = 16;

constexpr int kAcceptsPerRound = 256;
/// How long acceptance rests when the process has no descriptor left.
constexpr milliseconds kAcceptPause{100};
/// Before the end of a drain; for settling what was begun, and for telling clients.
constexpr milliseconds kLastCallMax{1000};
/// Connections beyond connections_max: enough for those that ask for /health, too few to matter.
constexpr std::size_t kExtraMax = 8;
/// Deadlines are looked at no more often than this.
constexpr milliseconds kExpiryStep{10};

void watch(int epoll, int fd, std::uint64_t about, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = about;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
    throw base::Error(base::ExitCode::kInternal, "cannot watch a descriptor with epoll",
                      "raise the limit of open files (ulimit -n)");
  }
}

Descriptor open_spare() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Loop::Loop(Listener listener, LoopLimits limits, const LoopPartners& partners)
    : listener_(std::move(listener)),
      limits_(limits),
      partners_(partners),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      completion_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(open_spare()),
      now_(Clock::now()),
      next_id_(kFirstConnection),
      workers_({.threads_min = static_cast<std::size_t>(limits.workers),
                .threads_max = static_cast<std::size_t>(limits.workers)}),
      waiting_workers_({.threads_min = 0, .threads_max = limits.waiting_max}) {
  watch(epoll_.get(), completion_event_.get(), kCompletion, EPOLLIN);
  watch_listener(true);
}

Loop::~Loop() {
  // Writers that wait for a client which nobody speaks for any more.
  const std::lock_guard lock(completions_mutex_);
  ended_ = true;
  for (auto& completion : completions_) {
    if (completion.window) completion.window->client_gone();
  }
}

std::size_t Loop::run(int stop_fd, milliseconds drain_timeout, const Calls& calls) {
  watch(epoll_.get(), stop_fd, kStop, EPOLLIN);
  stop_fd_ = stop_fd;
  while (!stop_requested_) wait_and_dispatch();
  if (calls.on_stop) calls.on_stop();
  begin_drain();
  const auto end = Clock::now() + drain_timeout;
  auto last_call = end - std::min(kLastCallMax, drain_timeout / 4);
  for (bool idle_closed = false; Clock::now() < end;) {
    const bool quiet = Clock::now() >= quiet_at();
    if (quiet && !idle_closed) {
      idle_closed = true;
      close_idle();
    }
    if (quiet && in_flight() == 0) break;
    if (Clock::now() >= last_call) {
      last_call = Clock::time_point::max();
      if (calls.on_last_call) calls.on_last_call();
    }
    next_expiry_ = std::min({next_expiry_, end, last_call, quiet ? end : quiet_at()});
    wait_and_dispatch();
  }
  const auto cut = in_flight();
  connections_.clear();
  idle_.clear();
  extra_.clear();
  listener_.socket = Descriptor();
  return cut;
}

/// Requests that are still owed something, or whose handlers still run although their client has left. A
/// client that only has to close its side is not waited for.
std::size_t Loop::in_flight() const {
  const auto is_in_flight = [](const auto& one) {
    const Connection& connection = *one.second;
    const bool has_not_asked = connection.idle || (connection.extra && connection.phase == Phase::kReading);
    return !has_not_asked && connection.phase != Phase::kLingering;
  };
  const auto owed = std::count_if(connections_.begin(), connections_.end(), is_in_flight);
  return std::max(static_cast<std::size_t>(owed), handling_ + waiting_);
}

void Loop::begin_drain() {
  draining_ = true;
  // Readable for good from here on: it would wake the loop without end.
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, stop_fd_, nullptr);
}

/// From when on nobody seems to send us requests any more.
Loop::Clock::time_point Loop::quiet_at() const { return last_request_ + limits_.drain_quiet; }

void Loop::close_idle() {
  const std::vector<std::uint64_t> idle(idle_.begin(), idle_.end());
  for (const auto id : idle) {
    // A request may have arrived since the last look; it is served.
    Connection& connection = *connections_.at(id);
    connection.readable = true;
    drive(connection);
    if (connection.idle) close(connection);
    if (connection.gone) connections_.erase(id);
  }
}

void Loop::wait_and_dispatch() {
  std::array<epoll_event, 256> events{};
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_milliseconds());
  now_ = Clock::now();
  const auto unfinished = std::exchange(again_, {});
  const auto drive_id = [this](std::uint64_t id, std::uint32_t what) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    if ((what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) connection.readable = true;
    if ((what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) connection.writable = true;
    drive(connection);
    if (connection.gone) connections_.erase(id);
  };
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    switch (event.data.u64) {
      case kListener:
        accept_all();
        break;
      case kStop:
        stop_requested_ = true;
        break;
      case kCompletion:
        take_completions();
        break;
      default:
        drive_id(event.data.u64, event.events);
    }
  }
  for (const auto id : unfinished) drive_id(id, 0);
  expire();
  update_gauges();
}

void Loop::update_gauges() {
  partners_.gauges.connections = connections_.size();
  partners_.gauges.idle = idle_.size();
  partners_.gauges.handling = handling_;
  partners_.gauges.waiting = waiting_;
}

int Loop::wait_milliseconds() const {
  if (!again_.empty()) return 0;
  const auto next = std::min(next_expiry_, accept_again_);
  if (next == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
  return static_cast<int>(std::clamp(left, milliseconds{0}, milliseconds{60'000}).count());
}

void Loop::watch_listener(bool on) {
  if (on) {
    watch(epoll_.get(), listener_.socket.get(), kListener, EPOLLIN);
  } else {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.socket.get(), nullptr);
  }
}

void Loop::accept_all() {
  for (int i = 0; i < kAcceptsPerRound; ++i) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    Descriptor socket(::accept4(listener_.socket.get(), reinterpret_cast<sockaddr*>(&peer), &length,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() >= 0) {
      accept_one(std::move(socket), peer);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      if (close_longest_idle()) continue;
      partners_.log.error("no descriptor left for a new connection",
                          {{"connections", static_cast<long long>(connections_.size())}});
      turn_away();
      watch_listener(false);
      accept_again_ = now_ + kAcceptPause;
      return;
    }
    if (errno != ECONNABORTED && errno != EINTR) return;
  }
}

/// Answers one connection that there is no descriptor for: with the spare one, which nobody else has got
/// since. It would wait in the backlog without a word otherwise.
void Loop::turn_away() {
  spare_ = Descriptor();
  {
    const Descriptor socket(
        ::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const Request unread;
    const auto bytes = with_close(partners_.router.refuse({}, unread, busy("too many open files")).bytes);
    if (socket.get() >= 0) ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  spare_ = open_spare();
}

/// Closes the connection that has been idle longest. A request may have arrived since the last look, which is
/// served. Returns false when none is idle.
bool Loop::close_longest_idle() {
  for (auto looks = idle_.size(); !idle_.empty(); --looks) {
    const auto id = idle_.front();
    Connection& connection = *connections_.at(id);
    connection.readable = true;
    drive(connection);
    // One that was served has become the latest; were all of them, the last one looked at has to go.
    if (connection.idle && (idle_.front() == id || looks <= 1)) close(connection);
    if (!connection.gone) continue;
    connections_.erase(id);
    return true;
  }
  return false;
}

/// Whether one more connection of this peer may be taken; the longest idle one may have to go for it.
bool Loop::make_room(const std::string& peer) {
  if (limits_.connections_per_client_max > 0 && !partners_.proxies.contains(peer)) {
    const auto found = connections_of_.find(peer);
    if (found != connections_of_.end() && found->second >= limits_.connections_per_client_max) return false;
  }
  if (connections_.size() - extra_.size() >= limits_.connections_max) close_longest_idle();
  return true;
}

void Loop::accept_one(Descriptor socket, const sockaddr_storage& peer_bytes) {
  auto peer = peer_address(peer_bytes);
  if (!make_room(peer)) {
    const Request unread;
    const auto bytes = with_close(partners_.router.refuse({}, unread, busy("too many connections")).bytes);
    ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return;
  }
  const bool extra = connections_.size() - extra_.size() >= limits_.connections_max;
  if (extra && extra_.size() >= kExtraMax) {
    const auto oldest = extra_.front();
    close(*connections_.at(oldest));
    connections_.erase(oldest);
  }
  if (limits_.connections_per_client_max > 0) ++connections_of_[peer];
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto id = next_id_++;
  const int fd = socket.get();
  auto& connection =
      *connections_
           .emplace(id, std::make_unique<Connection>(id, std::move(socket), std::move(peer), limits_.intake))
           .first->second;
  if (extra) {
    connection.extra = true;
    connection.extra_place = extra_.insert(extra_.end(), id);
    set_deadline(connection, limits_.head_timeout);
  } else {
    set_idle(connection, true);
    set_deadline(connection, limits_.keep_alive_timeout);
  }
  // Data that has already arrived is reported at once.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    partners_.log.error("a new connection cannot be watched",
                        {{"error", std::string_view(std::strerror(errno))}});
    close(connection);
    connections_.erase(id);
  }
}

void Loop::expire() {
  if (accept_again_ <= now_) {
    accept_again_ = Clock::time_point::max();
    watch_listener(true);
  }
  if (next_expiry_ > now_) return;
  next_expiry_ = Clock::time_point::max();
  std::vector<std::uint64_t> late;
  for (const auto& [id, connection] : connections_) {
    if (connection->deadline <= now_) {
      late.push_back(id);
    } else {
      next_expiry_ = std::min(next_expiry_, connection->deadline);
    }
  }
  for (const auto id : late) {
    Connection& connection = *connections_.at(id);
    const bool half_sent = connection.phase == Phase::kReading && !connection.idle;
    if (half_sent) {
      refuse(connection, 408, "the request did not arrive in time");
      drive(connection);
    } else if (fill_silence(connection)) {
      drive(connection);
    } else {
      close(connection);
    }
    if (connection.gone) connections_.erase(id);
  }
  next_expiry_ = std::max(next_expiry_, now_ + kExpiryStep);
}

}  // namespace bigocean::server::http
