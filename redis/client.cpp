// One connection to Redis over hiredis' protocol code: every wait has a limit and can be interrupted.
#include "redis/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/span.hpp"
#include "base/text.hpp"
#include "config/redis_url.hpp"
#include "redis/reply.hpp"
#include "redis/target.hpp"

namespace bigocean::redis {
namespace {

using Clock = std::chrono::steady_clock;
using Deadline = base::Stream::Deadline;

/// More than any reply that is requested here; a server that sends more is disconnected.
constexpr std::size_t kReplyBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kShownBytesMax = 40;

/// The start of a reply that is not Redis's, as text for one line of a message.
std::string printable_start(std::string_view bytes) {
  std::string shown;
  for (const char byte : bytes.substr(0, kShownBytesMax)) {
    if (byte == '\r' || byte == '\n') break;
    shown += byte >= ' ' && byte <= '~' ? byte : '?';
  }
  return shown;
}

/// Of a span: "SET", "PIPELINE GET", or "PIPELINE" for several. Keys and values stay here.
std::string operation_of(std::span<const std::vector<std::string>> commands) {
  if (commands.empty() || commands[0].empty()) return "PIPELINE";
  auto first = base::to_upper(commands[0][0]);
  if (commands.size() == 1) return first;
  const bool all_same = std::all_of(commands.begin(), commands.end(), [&](const auto& words) {
    return !words.empty() && base::equals_ignoring_case(words[0], first);
  });
  return all_same ? "PIPELINE " + first : "PIPELINE";
}

/// The prefix of an error reply is its kind ("OOM", "NOSCRIPT"); what follows may quote the command.
void note_error(base::Span& span, const Reply& reply) {
  constexpr std::size_t kPrefixBytesMax = 32;
  auto prefix = reply.text.substr(0, reply.text.find(' '));
  const bool is_kind = prefix.size() <= kPrefixBytesMax &&
                       std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_kind) prefix = "ERR";
  span.set("db.response.status_code", prefix);
  span.fail(prefix);
}

bool looks_like_tls(std::string_view bytes) {
  return bytes.size() >= 2 && (bytes[0] == '\x15' || bytes[0] == '\x16') && bytes[1] == '\x03';
}

}  // namespace

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kUrl:
      return "url";
    case Stage::kResolve:
      return "resolve";
    case Stage::kTcp:
      return "tcp";
    case Stage::kTls:
      return "tls";
    case Stage::kAuthentication:
      return "authentication";
    case Stage::kPing:
      return "ping";
    case Stage::kReady:
      return "ready";
  }
  return "ready";
}

bool RedisError::is_transient() const {
  switch (fault) {
    case Fault::kNotResolvable:
    case Fault::kRefused:
    case Fault::kUnreachable:
    case Fault::kTimedOut:
    case Fault::kClosed:
    case Fault::kLoading:
    case Fault::kReadOnly:
    case Fault::kMisconfigured:
    case Fault::kTooManyClients:
      return true;
    default:
      return false;
  }
}

bool RedisError::connection_usable() const {
  switch (fault) {
    case Fault::kNoAuth:
    case Fault::kWrongPassword:
    case Fault::kNoPermission:
    case Fault::kLoading:
    case Fault::kReadOnly:
    case Fault::kOutOfMemory:
    case Fault::kMisconfigured:
    case Fault::kReply:
      return true;
    default:
      return false;
  }
}

struct Client::Impl {
  config::Secret url;
  std::string user;
  Target target;
  ConnectOptions options;
  std::optional<base::Stream> stream;
  ReplyReader reader;
  Stage stage = Stage::kTcp;
  Clock::time_point stage_begin = Clock::now();

  Deadline command_deadline() const { return Clock::now() + options.command_timeout; }

  void leave_stage(Stage left, Stage next, const std::string& seen) {
    const auto now = Clock::now();
    if (options.on_stage) {
      options.on_stage(left, std::chrono::duration_cast<std::chrono::microseconds>(now - stage_begin), seen);
    }
    stage = next;
    stage_begin = now;
  }

  RedisError error_of(const Reply& reply) const {
    const Fault fault = fault_of_reply(reply.text);
    return target.error(fault, stage, config::redact(reply.text, url), hint_of_reply(fault));
  }

  void send(std::span<const std::vector<std::string>> commands, Deadline deadline) {
    if (!stream)
      throw target.error(Fault::kClosed, stage, "the connection was closed after an earlier error");
    std::string bytes;
    for (const auto& words : commands) bytes += encode(words);
    stream->send(bytes, deadline);
  }

  Reply receive(Deadline deadline) {
    std::size_t received = 0;
    std::string_view bytes;
    try {
      for (;;) {
        if (auto reply = reader.next()) return std::move(*reply);
        bytes = stream->receive(deadline);
        if (bytes.empty()) throw target.closed(stage, stream->is_encrypted());
        received += bytes.size();
        if (received > kReplyBytesMax) throw std::runtime_error("the reply is too long");
        reader.feed(bytes);
      }
    } catch (const base::StreamError&) {
      throw;
    } catch (const std::runtime_error&) {
      const bool tls = looks_like_tls(bytes);
      throw target.error(
          Fault::kNotRedis, stage,
          tls ? "the server expects TLS on this port"
              : fmt::format("this is not Redis; its answer begins with `{}`", printable_start(bytes)),
          tls ? "REDIS_URL must start with rediss://" : "correct host and port in REDIS_URL");
    }
  }

  /// An error that breaks the connection closes it, so that a late reply is never taken for the reply to
  /// another command.
  std::vector<Reply> exchange(std::span<const std::vector<std::string>> commands, Deadline deadline) {
    try {
      send(commands, deadline);
      std::vector<Reply> replies;
      while (replies.size() < commands.size()) replies.push_back(receive(deadline));
      return replies;
    } catch (const base::StreamError& error) {
      stream.reset();
      throw target.error(error, stage);
    } catch (...) {
      stream.reset();
      throw;
    }
  }

  void describe(base::Span& span) const {
    span.set("db.system.name", "redis");
    span.set("server.address", target.host);
    span.set("server.port", std::int64_t{target.port});
  }

  void open(const config::RedisUrl& parsed);
  void log_in(const config::RedisUrl& parsed, Deadline deadline);
};

void Client::Impl::open(const config::RedisUrl& parsed) try {
  const Deadline deadline = Clock::now() + options.connect_timeout;
  stage = Stage::kResolve;
  const auto addresses =
      base::Stream::resolve(target.host, target.port, target.family, deadline, target.interrupt);
  std::string found;
  for (const base::Address& address : addresses) found += (found.empty() ? "" : ", ") + address.text;
  leave_stage(Stage::kResolve, Stage::kTcp, found);
  stream.emplace(addresses, target.port, deadline, target.interrupt);
  leave_stage(Stage::kTcp, Stage::kTls, stream->address());
  if (parsed.tls) stream->start_tls(target.host, deadline);
  leave_stage(Stage::kTls, Stage::kAuthentication, parsed.tls ? stream->tls_version() : "not used");
  log_in(parsed, deadline);
} catch (const base::StreamError& error) {
  throw target.error(error, stage);
}

void Client::Impl::log_in(const config::RedisUrl& parsed, Deadline deadline) {
  std::vector<std::vector<std::string>> commands;
  if (!parsed.password.empty()) {
    commands.push_back(parsed.user.empty()
                           ? std::vector<std::string>{"AUTH", parsed.password.reveal()}
                           : std::vector<std::string>{"AUTH", parsed.user, parsed.password.reveal()});
  }
  if (parsed.database != 0) commands.push_back({"SELECT", std::to_string(parsed.database)});
  for (const Reply& reply : exchange(commands, deadline)) {
    if (reply.is_error()) throw error_of(reply);
  }
  // Only the first command shows whether the server requires a password.
  const auto left = [&] {
    leave_stage(Stage::kAuthentication, Stage::kPing,
                fmt::format("user {}{}", user, parsed.password.empty() ? ", without a password" : ""));
  };
  if (!parsed.password.empty()) left();

  static const std::vector<std::string> kPing[] = {{"PING"}};
  Reply pong = exchange(kPing, deadline).front();
  // A user whose ACL lacks PING is connected nevertheless, and so is a client of a server that refuses PING
  // along with writes.
  const Fault fault = fault_of_reply(pong.text);
  if (stage == Stage::kAuthentication && fault != Fault::kNoAuth) {
    left();
    if (!pong.is_error()) pong = exchange(kPing, deadline).front();
  }
  if (pong.is_error() && fault != Fault::kNoPermission && fault != Fault::kMisconfigured) {
    throw error_of(pong);
  }
  leave_stage(Stage::kPing, Stage::kReady, pong.text);
}

Client Client::connect(const config::Secret& url, const ConnectOptions& options) {
  const config::RedisUrl parsed = config::parse_redis_url(url);
  auto impl = std::make_unique<Impl>();
  impl->url = url;
  impl->user = parsed.user.empty() ? "default" : parsed.user;
  impl->options = options;
  impl->target.host = parsed.host;
  impl->target.port = parsed.port;
  impl->target.family = parsed.family == 4 ? AF_INET : parsed.family == 6 ? AF_INET6 : AF_UNSPEC;
  impl->target.name = parsed.host.find(':') == std::string::npos
                          ? fmt::format("{}:{}", parsed.host, parsed.port)
                          : fmt::format("[{}]:{}", parsed.host, parsed.port);
  impl->target.interrupt = options.interrupt;
  base::Span span("connect", base::SpanKind::kClient);
  impl->describe(span);
  try {
    impl->open(parsed);
  } catch (const RedisError& error) {
    span.fail(stage_name(error.stage));
    throw;
  }
  return Client(std::move(impl));
}

Client Client::connect(const config::Settings::Redis& settings) {
  ConnectOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.command_timeout = settings.command_timeout;
  return connect(settings.url, options);
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

// Between commands a server sends nothing, except when it closes the connection.
bool Client::is_open() const { return impl_->stream && !impl_->stream->is_readable(); }

std::chrono::microseconds Client::ping() {
  const auto begin = Clock::now();
  static const std::vector<std::string> kPing[] = {{"PING"}};
  const Reply pong = pipeline(kPing).front();
  // As in connect(): a user whose ACL lacks PING is connected nevertheless.
  if (pong.is_error() && fault_of_reply(pong.text) != Fault::kNoPermission) throw error_of(pong);
  if (!pong.is_error() && pong.text != "PONG") {
    impl_->stream.reset();
    throw impl_->target.error(Fault::kNotRedis, impl_->stage, "the reply to PING is not PONG",
                              "correct host and port in REDIS_URL");
  }
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
}

Reply Client::command(std::initializer_list<std::string_view> words) {
  const std::vector<std::string> copied(words.begin(), words.end());
  return command(copied);
}

Reply Client::command(std::span<const std::string> words) {
  const std::vector<std::string> one[] = {{words.begin(), words.end()}};
  Reply reply = pipeline(one).front();
  if (reply.is_error()) throw error_of(reply);
  return reply;
}

std::vector<Reply> Client::pipeline(std::span<const std::vector<std::string>> commands) {
  base::Span span("redis", base::SpanKind::kClient);
  if (!span.is_recorded()) return impl_->exchange(commands, impl_->command_deadline());
  impl_->describe(span);
  const auto operation = operation_of(commands);
  span.rename(operation);
  span.set("db.operation.name", operation);
  if (commands.size() > 1) span.set("db.operation.batch.size", static_cast<std::int64_t>(commands.size()));
  try {
    auto replies = impl_->exchange(commands, impl_->command_deadline());
    const auto failed =
        std::find_if(replies.begin(), replies.end(), [](const Reply& r) { return r.is_error(); });
    if (failed != replies.end()) note_error(span, *failed);
    return replies;
  } catch (const RedisError& error) {
    span.fail(error.fault == Fault::kTimedOut ? "timeout" : "connection");
    throw;
  }
}

RedisError Client::error_of(const Reply& reply) const { return impl_->error_of(reply); }

std::string Client::tls_version() const { return impl_->stream ? impl_->stream->tls_version() : ""; }
std::string Client::host() const { return impl_->target.host; }
std::string Client::user() const { return impl_->user; }

}  // namespace bigocean::redis
