// A TCP or TLS byte stream to Redis whose every wait ends at a deadline or a signal.
#include "redis/transport.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bigocean::redis {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

/// One socket on its way to being connected; closes itself.
struct Attempt {
  int fd = -1;
  int error = 0;  ///< errno of the failure, ETIMEDOUT past the deadline

  Attempt(const base::Address& address, const Target& target, Deadline deadline) {
    fd = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      error = errno;
      return;
    }
    const auto* to = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (::connect(fd, to, address.length) == 0) return;
    error = errno == EINPROGRESS ? finish(target, deadline) : errno;
  }
  ~Attempt() {
    if (fd >= 0) ::close(fd);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  int finish(const Target& target, Deadline deadline) const;
};

int remaining_ms(Deadline deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<milliseconds::rep>(left, 0, 3'600'000));
}

/// Polls one socket. False: past the deadline. Throws on a signal.
bool poll_until(int fd, short events, const base::Interrupt* interrupt, Deadline deadline) {
  for (;;) {
    base::throw_if_interrupted(interrupt);
    pollfd waits[2] = {{fd, events, 0}, {interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
    const int ready = ::poll(waits, 2, remaining_ms(deadline));
    base::throw_if_interrupted(interrupt);
    if (ready > 0 && waits[0].revents != 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
  }
}

int Attempt::finish(const Target& target, Deadline deadline) const {
  if (!poll_until(fd, POLLOUT, target.interrupt, deadline)) return ETIMEDOUT;
  int result = 0;
  socklen_t size = sizeof result;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) != 0) return errno;
  return result;
}

Fault fault_of(int error) {
  if (error == ECONNREFUSED) return Fault::kRefused;
  if (error == ETIMEDOUT) return Fault::kTimedOut;
  return Fault::kUnreachable;
}

std::string hint_of(Fault fault) {
  switch (fault) {
    case Fault::kRefused:
      return "nothing listens there: start Redis, or correct host and port in REDIS_URL";
    case Fault::kTimedOut:
      return "no answer: check the host in REDIS_URL, firewalls and the private network, or raise "
             "redis.connect_timeout";
    default:
      return "check the network between this machine and Redis, and the host in REDIS_URL";
  }
}

std::string tls_reason() {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "the connection ended in the handshake";
}

}  // namespace

struct Transport::Tls {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> session{nullptr, &SSL_free};
};

RedisError Target::error(Fault fault, Stage stage, const std::string& what, std::string hint) const {
  const auto code = fault == Fault::kBadUrl ? base::ExitCode::kUsage : base::ExitCode::kUnreachable;
  return {code, fault, stage, fmt::format("Redis at {}: {}", name, what), std::move(hint)};
}

std::vector<base::Address> resolve(const Target& target, Deadline deadline) {
  auto resolution = base::resolve(target.host, target.port, target.family, deadline, target.interrupt);
  if (!resolution) {
    throw target.error(Fault::kTimedOut, Stage::kResolve, "name resolution did not end within the time-out",
                       "check the name server of this machine, or raise redis.connect_timeout");
  }
  if (resolution->failure != 0) {
    throw target.error(Fault::kNotResolvable, Stage::kResolve,
                       fmt::format("the name cannot be resolved ({})", ::gai_strerror(resolution->failure)),
                       "check the host in REDIS_URL; a private network's names resolve only inside it");
  }
  return std::move(resolution->addresses);
}

Transport::Transport(const Target& target, const std::vector<base::Address>& addresses, Deadline deadline)
    : target_(target), buffer_(kReadBytes, '\0') {
  std::string tried;
  int error = EHOSTUNREACH;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = Clock::now();
    const auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
    Attempt attempt(addresses[i], target, now + share);
    if (attempt.error == 0) {
      fd_ = std::exchange(attempt.fd, -1);
      address_ = fmt::format("{}:{}", addresses[i].text, target.port);
      const int on = 1;
      ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return;
    }
    // A refusal says more than the silence or missing route of another address.
    if (i == 0 || attempt.error == ECONNREFUSED) error = attempt.error;
    tried +=
        fmt::format("{}{} ({})", tried.empty() ? "" : ", ", addresses[i].text, std::strerror(attempt.error));
  }
  const Fault fault = fault_of(error);
  throw target.error(fault, Stage::kTcp, "cannot connect; tried " + tried, hint_of(fault));
}

Transport::~Transport() {
  tls_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void Transport::wait(short events, Deadline deadline, Stage stage) const {
  if (poll_until(fd_, events, target_.interrupt, deadline)) return;
  throw target_.error(Fault::kTimedOut, stage, "connected, but no answer within the time-out",
                      stage == Stage::kTls
                          ? "a Redis without TLS stays silent when it is greeted with it: if this is one, "
                            "REDIS_URL starts with redis://"
                          : "the port is open and silent: is it Redis that listens there, and is it not "
                            "overloaded? redis.connect_timeout and redis.command_timeout set the limits");
}

void Transport::start_tls(Deadline deadline) {
  ERR_clear_error();
  auto tls = std::make_unique<Tls>();
  if (tls->context) tls->session.reset(SSL_new(tls->context.get()));
  if (!tls->session || SSL_CTX_set_default_verify_paths(tls->context.get()) != 1) {
    throw target_.error(Fault::kTls, Stage::kTls, "TLS cannot be set up: " + tls_reason());
  }
  SSL* session = tls->session.get();
  SSL_set_verify(session, SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM* verify = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(verify, target_.host.c_str()) != 1) {  // not an IP address: a name
    // SSL_set_tlsext_host_name without its C casts; OpenSSL copies the name.
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(target_.host.c_str()));
    SSL_set1_host(session, target_.host.c_str());
  }
  ERR_clear_error();
  SSL_set_fd(session, fd_);
  for (;;) {
    const int result = SSL_connect(session);
    if (result == 1) break;
    const int why = SSL_get_error(session, result);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
      wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline, Stage::kTls);
      continue;
    }
    const long verified = SSL_get_verify_result(session);
    const std::string reason = verified != X509_V_OK ? X509_verify_cert_error_string(verified) : tls_reason();
    throw target_.error(
        Fault::kTls, Stage::kTls, "TLS failed: " + reason,
        verified != X509_V_OK
            ? "the certificate must be signed by an authority of this system (SSL_CERT_FILE adds "
              "one) and name the host in REDIS_URL"
            : "if this Redis does not speak TLS on this port, REDIS_URL starts with redis://");
  }
  tls_ = std::move(tls);
}

void Transport::send(std::string_view bytes, Deadline deadline, Stage stage) {
  while (!bytes.empty()) {
    if (tls_) {
      SSL* session = tls_->session.get();
      const int sent =
          SSL_write(session, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 30)));
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      const int why = SSL_get_error(session, sent);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        throw target_.error(Fault::kClosed, stage, "the connection broke: " + tls_reason());
      }
      wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline, stage);
      continue;
    }
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      wait(POLLOUT, deadline, stage);
    } else if (errno != EINTR) {
      throw target_.error(Fault::kClosed, stage,
                          fmt::format("the connection broke: {}", std::strerror(errno)));
    }
  }
}

std::string_view Transport::receive(Deadline deadline, Stage stage) {
  for (;;) {
    ssize_t got = 0;
    bool again = false;
    short events = POLLIN;
    if (tls_) {
      SSL* session = tls_->session.get();
      got = SSL_read(session, buffer_.data(), static_cast<int>(buffer_.size()));
      const int why = got > 0 ? SSL_ERROR_NONE : SSL_get_error(session, static_cast<int>(got));
      again = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
      if (why == SSL_ERROR_WANT_WRITE) events = POLLOUT;
      if (!again && got <= 0) ERR_clear_error();
    } else {
      got = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      again = got < 0 && errno == EAGAIN;
    }
    if (got > 0) return std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
    if (!again) {
      throw target_.error(
          Fault::kClosed, stage, "the other side closed the connection",
          tls_ ? "the server may have restarted: try again"
               : "the server may have restarted, or wants TLS (then REDIS_URL starts with rediss://)");
    }
    wait(events, deadline, stage);
  }
}

bool Transport::is_encrypted() const { return tls_ != nullptr; }

std::string Transport::tls_version() const { return tls_ ? SSL_get_version(tls_->session.get()) : ""; }

}  // namespace bigocean::redis
