// TLS as a client: one context for the process, sessions resumed.
#include "base/net/tls.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/net/openssl.hpp"

namespace bigocean::base {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a session may be resumed; after that the certificate is verified again.
constexpr std::chrono::minutes kSessionAgeMax{60};
/// Peers whose session is kept; a service has three or four.
constexpr std::size_t kPeersMax = 64;

struct Counters {
  std::atomic<std::uint64_t> contexts{0};
  std::atomic<std::uint64_t> handshakes{0};
  std::atomic<std::uint64_t> resumed{0};
};

Counters& counters() {
  static Counters all;
  return all;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { tls::free_context(context); }
};

struct FreeSession {
  void operator()(SSL_SESSION* session) const { tls::free_session(session); }
};
using SessionPointer = std::unique_ptr<SSL_SESSION, FreeSession>;

/// The files of the authorities' certificates, and their state.
using Authorities = std::tuple<std::string, std::string, std::int64_t, std::int64_t, std::uint64_t>;

Authorities authorities() {
  const auto variable = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : otherwise);
  };
  auto file = variable(tls::default_cert_file_variable(), tls::default_cert_file());
  auto folder = variable(tls::default_cert_dir_variable(), tls::default_cert_dir());
  struct stat of_file {
  }, of_folder{};
  ::stat(file.c_str(), &of_file);
  ::stat(folder.c_str(), &of_folder);
  return {std::move(file), std::move(folder),
          of_file.st_mtim.tv_sec * 1'000'000'000 + of_file.st_mtim.tv_nsec,
          of_folder.st_mtim.tv_sec * 1'000'000'000 + of_folder.st_mtim.tv_nsec, of_file.st_ino};
}

}  // namespace

/// Thread-safe. Keeps the latest session of each peer; several connections may resume the same one.
class TlsContext {
 public:
  /// The process's own. A new one is made when the authorities' certificates have changed. Null when OpenSSL
  /// cannot make one.
  static std::shared_ptr<TlsContext> current() {
    static std::mutex mutex;
    static std::shared_ptr<TlsContext> latest;
    static Authorities trusted;
    const std::lock_guard lock(mutex);
    auto now = authorities();
    if (latest && now == trusted) return latest;
    auto made = std::make_shared<TlsContext>();
    if (!made->context_ || tls::set_default_verify_paths(made->context_.get()) != 1) return nullptr;
    ++counters().contexts;
    trusted = std::move(now);
    return latest = std::move(made);
  }

  TlsContext() : context_(tls::new_context(tls::client_method())) {
    if (!context_) return;
    // SSL_CTX_set_session_cache_mode: OpenSSL passes new sessions to our callback and keeps none itself.
    tls::control_context(context_.get(), SSL_CTRL_SET_SESS_CACHE_MODE,
                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, nullptr);
    tls::on_new_session(context_.get(), &TlsContext::keep);
  }

  SSL_CTX* get() const { return context_.get(); }

  /// Offers the peer's session, if there is one, for resumption.
  void offer(const std::string& peer, SSL* ssl) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(peer);
    if (found == sessions_.end()) return;
    if (Clock::now() - found->second.established > kSessionAgeMax) {
      sessions_.erase(found);
    } else {
      // A copy: OpenSSL changes a session while it resumes it.
      const SessionPointer own(tls::copy_session(found->second.session.get()));
      if (own) tls::set_session(ssl, own.get());
    }
  }

  void forget(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(peer);
  }

 private:
  struct Kept {
    SessionPointer session;
    Clock::time_point established;  ///< of the full handshake behind it
  };

  /// OpenSSL's callback: 1 takes ownership. With TLS 1.3 it comes while data is read, once a ticket.
  static int keep(SSL* ssl, SSL_SESSION* session) {
    const auto* owner = static_cast<const TlsSession*>(tls::get_data(ssl, 0));
    if (owner == nullptr) return 0;
    TlsContext& self = *owner->context_;
    const std::lock_guard lock(self.mutex_);
    const auto found = self.sessions_.find(owner->peer_);
    if (found == self.sessions_.end() && self.sessions_.size() >= kPeersMax) self.sessions_.clear();
    // A ticket for a resumed session does not make it younger.
    const bool resumed = tls::session_reused(ssl) == 1;
    const auto established =
        resumed && found != self.sessions_.end() ? found->second.established : Clock::now();
    self.sessions_.insert_or_assign(owner->peer_, Kept{SessionPointer(session), established});
    return 1;
  }

  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::mutex mutex_;
  std::map<std::string, Kept> sessions_;  ///< by peer
};

TlsSession::TlsSession(std::shared_ptr<TlsContext> context, std::string peer)
    : context_(std::move(context)), peer_(std::move(peer)), ssl_(tls::new_connection(context_->get())) {}

void TlsSession::Free::operator()(SSL* ssl) const { tls::free_connection(ssl); }

TlsSession::~TlsSession() {
  // Without a close OpenSSL marks the session as bad, and it could not be resumed.
  if (!ssl_) return;
  tls::set_quiet_shutdown(ssl_.get(), 1);
  tls::shutdown(ssl_.get());
  tls::clear_error();
}

std::unique_ptr<TlsSession> TlsSession::start(const std::string& host, const std::string& peer, int fd) {
  auto context = TlsContext::current();
  if (!context) return nullptr;
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), peer));
  SSL* ssl = session->get();
  if (ssl == nullptr) return nullptr;
  tls::set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  if (tls::set_ip(tls::verify_parameters(ssl), host.c_str()) != 1) {
    // No IP address: a name. SSL_set_tlsext_host_name without its C casts; OpenSSL copies the name.
    tls::control(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str()));
    tls::set_host(ssl, host.c_str());
  }
  tls::set_data(ssl, 0, session.get());
  tls::set_fd(ssl, fd);
  session->context_->offer(peer, ssl);
  tls::clear_error();
  return session;
}

void TlsSession::established() {
  ++counters().handshakes;
  if (tls::session_reused(ssl_.get()) == 1) ++counters().resumed;
}

void TlsSession::failed() { context_->forget(peer_); }

TlsCounts tls_counts() { return {counters().contexts, counters().handshakes, counters().resumed}; }

}  // namespace bigocean::base
