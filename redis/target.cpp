// The Redis of a connection, and error messages that name it.
#include "redis/target.hpp"

#include <fmt/format.h>

namespace bigocean::redis {
namespace {

using Kind = base::StreamError::Kind;

Fault fault_of(Kind kind) {
  switch (kind) {
    case Kind::kNotResolvable:
      return Fault::kNotResolvable;
    case Kind::kRefused:
      return Fault::kRefused;
    case Kind::kUnreachable:
      return Fault::kUnreachable;
    case Kind::kTimedOut:
      return Fault::kTimedOut;
    case Kind::kTls:
    case Kind::kCertificate:
      return Fault::kTls;
    case Kind::kClosed:
      return Fault::kClosed;
  }
  return Fault::kClosed;
}

std::string_view timed_out_hint(Stage stage) {
  switch (stage) {
    case Stage::kResolve:
      return "check the name server of this machine, or raise redis.connect_timeout";
    case Stage::kTcp:
      return "no answer: check the host in REDIS_URL, firewalls and the private network, or raise "
             "redis.connect_timeout";
    case Stage::kTls:
      return "a Redis without TLS does not answer a TLS handshake: if this one has no TLS, REDIS_URL must "
             "start with redis://";
    default:
      return "the port is open, but does not answer: check that Redis listens there and is not overloaded. "
             "redis.connect_timeout and redis.command_timeout set the limits";
  }
}

std::string_view hint_of(Kind kind, Stage stage) {
  switch (kind) {
    case Kind::kNotResolvable:
      return "check the host in REDIS_URL; a private network's names resolve only inside it";
    case Kind::kRefused:
      return "no process listens there: start Redis, or correct host and port in REDIS_URL";
    case Kind::kUnreachable:
      return "check the network between this machine and Redis, and the host in REDIS_URL";
    case Kind::kTimedOut:
      return timed_out_hint(stage);
    case Kind::kTls:
      return "if this Redis does not use TLS on this port, REDIS_URL must start with redis://";
    case Kind::kCertificate:
      return "the certificate must be signed by an authority of this system (SSL_CERT_FILE adds one) and "
             "name the host in REDIS_URL";
    case Kind::kClosed:
      return "the server may have restarted: try again";
  }
  return {};
}

}  // namespace

RedisError Target::error(Fault fault, Stage stage, const std::string& what, std::string hint) const {
  const auto code = fault == Fault::kBadUrl ? base::ExitCode::kUsage : base::ExitCode::kUnreachable;
  return {code, fault, stage, fmt::format("Redis at {}: {}", name, what), std::move(hint)};
}

RedisError Target::error(const base::StreamError& failure, Stage stage) const {
  return error(fault_of(failure.kind), stage, failure.what(), std::string(hint_of(failure.kind, stage)));
}

RedisError Target::closed(Stage stage, bool encrypted) const {
  return error(
      Fault::kClosed, stage, "the server closed the connection",
      encrypted ? "the server may have restarted: try again"
                : "the server may have restarted, or expects TLS (then REDIS_URL must start with rediss://)");
}

}  // namespace bigocean::redis
