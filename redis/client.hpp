// One connection to Redis over hiredis' protocol code: every wait has a limit and can be interrupted.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "config/settings.hpp"

namespace bigocean::redis {

/// How far a connection attempt came.
enum class Stage { kUrl, kResolve, kTcp, kTls, kAuthentication, kPing, kReady };
std::string_view stage_name(Stage stage);

/// What went wrong, as far as a caller may want to act on it.
enum class Fault {
  kBadUrl,
  kNotResolvable,
  kRefused,
  kUnreachable,  ///< no route, network down, …
  kTimedOut,
  kTls,
  kNotRedis,       ///< it answered, but not in Redis's protocol
  kClosed,         ///< the connection ended in the middle
  kNoAuth,         ///< a password is wanted and none was given
  kWrongPassword,  ///< or the user is unknown or disabled, or no password is set on the server
  kNoPermission,   ///< the ACL of the user forbids the command
  kLoading,
  kReadOnly,  ///< a replica, or too few replicas to write
  kOutOfMemory,
  kMisconfigured,  ///< MISCONF: the last save failed, so writes are refused
  kTooManyClients,
  kNoDatabase,  ///< the server has none of that number
  kReply        ///< any other error reply
};

/// A failed attempt or command. Exit code kUnreachable (7), kUsage (2) for a bad URL, 130/143 on a signal.
/// `message` names the server ("Redis at cache:6379") and never holds a secret.
struct RedisError : base::Error {
  RedisError(base::ExitCode code_in, Fault fault_in, Stage stage_in, std::string message_in,
             std::string hint_in)
      : Error(code_in, std::move(message_in), std::move(hint_in)), fault(fault_in), stage(stage_in) {}

  /// True when time may mend it: refused, not resolvable, loading, timed out, too many clients, …
  bool is_transient() const;
  /// True when the connection itself is still good, only the command was refused.
  bool connection_usable() const;

  Fault fault;
  Stage stage;  ///< kReady: in a command, after connecting
};

/// A reply as a value; RESP2 types. An array's elements are in `elements`.
struct Reply {
  enum class Kind { kNil, kText, kInteger, kArray, kError };
  Kind kind = Kind::kNil;
  std::string text;  ///< string, status or error
  long long integer = 0;
  std::vector<Reply> elements;

  bool is_error() const { return kind == Kind::kError; }
  bool is_nil() const { return kind == Kind::kNil; }
};

struct ConnectOptions {
  std::chrono::milliseconds connect_timeout{3000};  ///< whole attempt: name resolution to the answer to PING
  std::chrono::milliseconds command_timeout{
      2000};                                   ///< each command or pipeline, until the whole reply is there
  const base::Interrupt* interrupt = nullptr;  ///< may be null; must outlive the client
  /// Called as each stage is left behind: its name, how long it took, and what was seen ("127.0.0.1:6379").
  std::function<void(Stage, std::chrono::microseconds, const std::string&)> on_stage;
};

/// Owns one socket. Not thread-safe. After an error that is not `connection_usable()` it is closed and every
/// further command throws kClosed: make a new one (there is no reconnecting, it would lose AUTH and SELECT).
class Client {
 public:
  /// Resolves (IPv6 and IPv4), tries every address within the one time-out, speaks TLS for rediss://, then
  /// sends AUTH and SELECT as the URL says, and PING. Throws RedisError.
  static Client connect(const config::Secret& url, const ConnectOptions& options);
  /// The same with URL and time-outs from the settings.
  static Client connect(const config::Settings::Redis& settings);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Without a round trip: false once the server, or an error, has ended the connection.
  bool is_open() const;

  /// Returns the time the answer took; throws RedisError when it is not PONG.
  std::chrono::microseconds ping();

  /// One command ("SET", "key", "value"), binary-safe. Throws RedisError for an error reply, too.
  Reply command(std::initializer_list<std::string_view> words);
  Reply command(std::span<const std::string> words);

  /// Several commands in one round trip. Error replies are values here, in the place of their command; only a
  /// broken connection throws.
  std::vector<Reply> pipeline(std::span<const std::vector<std::string>> commands);

  /// The error that `command` would have thrown for an error reply.
  RedisError error_of(const Reply& reply) const;

  std::string tls_version() const;  ///< "TLSv1.3"; empty: the session is not encrypted
  std::string host() const;         ///< as the URL writes it
  std::string user() const;         ///< "default" unless the URL names one

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bigocean::redis
