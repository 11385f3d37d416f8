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

/// The stages of a connection attempt, in order.
enum class Stage { kUrl, kResolve, kTcp, kTls, kAuthentication, kPing, kReady };
std::string_view stage_name(Stage stage);

/// What went wrong, as far as callers distinguish it.
enum class Fault {
  kBadUrl,
  kNotResolvable,
  kRefused,
  kUnreachable,  ///< no route, network down, …
  kTimedOut,
  kTls,
  kNotRedis,       ///< it answered, but not in Redis's protocol
  kClosed,         ///< the connection ended before the reply
  kNoAuth,         ///< the server requires a password and none was given
  kWrongPassword,  ///< or the user is unknown or disabled, or no password is set on the server
  kNoPermission,   ///< the ACL of the user forbids the command
  kLoading,
  kReadOnly,  ///< a replica, or too few replicas to write
  kOutOfMemory,
  kMisconfigured,  ///< MISCONF: the last save failed, so writes are refused
  kTooManyClients,
  kNoDatabase,  ///< the server has no database of that number
  kReply        ///< any other error reply
};

/// A failed attempt or command. Exit code kUnreachable (7), kUsage (2) for a bad URL, 130/143 on a signal.
/// `message` names the server ("Redis at cache:6379") and never contains a secret.
struct RedisError : base::Error {
  RedisError(base::ExitCode code_in, Fault fault_in, Stage stage_in, std::string message_in,
             std::string hint_in)
      : Error(code_in, std::move(message_in), std::move(hint_in)), fault(fault_in), stage(stage_in) {}

  /// Whether the failure is transient, so that a retry may succeed: refused, not resolvable, loading, timed
  /// out, too many clients, …
  bool is_transient() const;
  /// Whether the connection still works: only the command was refused.
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
  std::chrono::milliseconds connect_timeout{
      3000};  ///< of the whole attempt, from name resolution to the reply to PING
  std::chrono::milliseconds command_timeout{2000};  ///< of each command or pipeline, to its last reply
  const base::Interrupt* interrupt = nullptr;       ///< may be null; must outlive the client
  /// Called when a stage is complete, with the stage, its duration, and what was seen ("127.0.0.1:6379").
  std::function<void(Stage, std::chrono::microseconds, const std::string&)> on_stage;
};

/// Owns one socket. Not thread-safe. After an error that is not `connection_usable()` the socket is closed
/// and every further command throws kClosed: make a new client. A client does not reconnect, because that
/// would lose AUTH and SELECT.
class Client {
 public:
  /// Resolves the host (IPv6 and IPv4), tries every address within connect_timeout, uses TLS for rediss://,
  /// then sends AUTH and SELECT as the URL requires, and PING. Throws RedisError.
  static Client connect(const config::Secret& url, const ConnectOptions& options);
  /// The same with URL and time-outs from the settings.
  static Client connect(const config::Settings::Redis& settings);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// False once the server or an error has ended the connection. No round trip.
  bool is_open() const;

  /// Sends PING and returns the time of the round trip. Throws RedisError when the reply is not PONG.
  std::chrono::microseconds ping();

  /// Sends one command ("SET", "key", "value"); words are binary-safe. Throws RedisError, for an error reply,
  /// too.
  Reply command(std::initializer_list<std::string_view> words);
  Reply command(std::span<const std::string> words);

  /// Sends several commands in one round trip and returns their replies in order. Error replies are returned
  /// as values; only a broken connection throws.
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
