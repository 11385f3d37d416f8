// A TCP or TLS byte stream whose every wait ends at a deadline or a signal.
#include "base/net/stream.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/net/openssl.hpp"
#include "base/net/tls.hpp"

namespace bigocean::base {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Deadline = Stream::Deadline;
using Kind = StreamError::Kind;

constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

int remaining_ms(Deadline deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<milliseconds::rep>(left, 0, 3'600'000));
}

/// Polls one socket. False: past the deadline. Throws on a signal.
bool poll_until(int fd, short events, const Interrupt* interrupt, Deadline deadline) {
  for (;;) {
    throw_if_interrupted(interrupt);
    pollfd waits[2] = {{fd, events, 0}, {interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
    const int ready = ::poll(waits, 2, remaining_ms(deadline));
    throw_if_interrupted(interrupt);
    if (ready > 0 && waits[0].revents != 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
  }
}

/// One socket on its way to being connected; closes itself.
struct Attempt {
  int fd = -1;
  int error = 0;  ///< errno of the failure, ETIMEDOUT past the deadline

  Attempt(const Address& address, const Interrupt* interrupt, Deadline deadline) {
    fd = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      error = errno;
      return;
    }
    const auto* to = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (::connect(fd, to, address.length) == 0) return;
    error = errno == EINPROGRESS ? finish(interrupt, deadline) : errno;
  }
  ~Attempt() {
    if (fd >= 0) ::close(fd);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  int finish(const Interrupt* interrupt, Deadline deadline) const {
    if (!poll_until(fd, POLLOUT, interrupt, deadline)) return ETIMEDOUT;
    int result = 0;
    socklen_t size = sizeof result;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) == 0 ? result : errno;
  }
};

Kind kind_of(int error) {
  if (error == ECONNREFUSED) return Kind::kRefused;
  if (error == ETIMEDOUT) return Kind::kTimedOut;
  return Kind::kUnreachable;
}

std::string tls_reason() {
  const unsigned long code = tls::peek_error();
  tls::clear_error();
  const char* reason = code != 0 ? tls::reason_text(code) : nullptr;
  return reason != nullptr ? reason : "the connection ended in the handshake";
}

short events_of(int ssl_error) {
  if (ssl_error == SSL_ERROR_WANT_READ) return POLLIN;
  return ssl_error == SSL_ERROR_WANT_WRITE ? POLLOUT : static_cast<short>(0);
}

}  // namespace

std::vector<Address> Stream::resolve(const std::string& host, int port, int family, Deadline deadline,
                                     const Interrupt* interrupt) {
  auto resolution = base::resolve(host, port, family, deadline, interrupt);
  if (!resolution) throw StreamError(Kind::kTimedOut, "name resolution did not end within the time-out");
  if (resolution->failure != 0) {
    throw StreamError(Kind::kNotResolvable,
                      fmt::format("the name cannot be resolved ({})", ::gai_strerror(resolution->failure)));
  }
  return std::move(resolution->addresses);
}

Stream::Stream(const std::vector<Address>& addresses, int port, Deadline deadline, const Interrupt* interrupt)
    : interrupt_(interrupt), port_(port), buffer_(kReadBytes, '\0') {
  std::string tried;
  int error = EHOSTUNREACH;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = Clock::now();
    const auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
    Attempt attempt(addresses[i], interrupt, now + share);
    if (attempt.error == 0) {
      fd_ = std::exchange(attempt.fd, -1);
      address_ = fmt::format("{}:{}{}", addresses[i].text, port, tried.empty() ? "" : "; before it " + tried);
      const int on = 1;
      ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return;
    }
    // A refusal says more than the silence or missing route of another address.
    if (i == 0 || attempt.error == ECONNREFUSED) error = attempt.error;
    tried +=
        fmt::format("{}{} ({})", tried.empty() ? "" : ", ", addresses[i].text, std::strerror(attempt.error));
  }
  throw StreamError(kind_of(error), "cannot connect; tried " + tried);
}

Stream::~Stream() {
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void Stream::wait(short events, Deadline deadline) const {
  if (!poll_until(fd_, events, interrupt_, deadline))
    throw StreamError(Kind::kTimedOut, "connected, but no answer within the time-out");
}

void Stream::start_tls(const std::string& host, Deadline deadline) {
  tls::clear_error();
  auto tls = TlsSession::start(host, fmt::format("{}:{}", host, port_), fd_);
  if (!tls) throw StreamError(Kind::kTls, "TLS cannot be set up: " + tls_reason());
  SSL* session = tls->get();
  for (int result = tls::connect(session); result != 1; result = tls::connect(session)) {
    const short events = events_of(tls::get_error(session, result));
    if (events == 0) {
      tls->failed();
      const long verified = tls::verify_result(session);
      throw verified != X509_V_OK
          ? StreamError(Kind::kCertificate, fmt::format("TLS failed: {}", tls::verify_error_text(verified)))
          : StreamError(Kind::kTls, "TLS failed: " + tls_reason());
    }
    wait(events, deadline);
  }
  tls->established();
  tls_ = std::move(tls);
}

void Stream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    short events = POLLOUT;
    ssize_t sent = 0;
    if (tls_) {
      SSL* session = tls_->get();
      const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 30));
      sent = tls::write(session, bytes.data(), size);
      if (sent <= 0) events = events_of(tls::get_error(session, static_cast<int>(sent)));
      if (events == 0) throw StreamError(Kind::kClosed, "the connection broke: " + tls_reason());
    } else {
      sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR)
        throw StreamError(Kind::kClosed, fmt::format("the connection broke: {}", std::strerror(errno)));
    }
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else {
      wait(events, deadline);
    }
  }
}

std::string_view Stream::receive(Deadline deadline) {
  for (;;) {
    short events = POLLIN;
    ssize_t got = 0;
    if (tls_) {
      SSL* session = tls_->get();
      got = tls::read(session, buffer_.data(), static_cast<int>(buffer_.size()));
      if (got <= 0) events = events_of(tls::get_error(session, static_cast<int>(got)));
      if (events == 0) tls::clear_error();
    } else {
      got = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) events = 0;
    }
    if (got > 0) return std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
    if (events == 0) return {};
    wait(events, deadline);
  }
}

bool Stream::is_readable() const {
  pollfd entry{fd_, POLLIN, 0};
  return ::poll(&entry, 1, 0) != 0;
}

bool Stream::is_encrypted() const { return tls_ != nullptr; }

std::string Stream::tls_version() const { return tls_ ? tls::version(tls_->get()) : ""; }

}  // namespace bigocean::base
