// The Redis of a connection, and error messages that name it.
#pragma once

#include <sys/socket.h>

#include <string>

#include "base/interrupt.hpp"
#include "base/net/stream.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// What all failures of a connection share: the server, and the interrupt that ends a wait.
struct Target {
  std::string host;
  int port = 0;
  int family = AF_UNSPEC;
  std::string name;  ///< "cache:6379", for messages
  const base::Interrupt* interrupt = nullptr;

  RedisError error(Fault fault, Stage stage, const std::string& what, std::string hint = {}) const;
  /// A StreamError as a RedisError, with a hint for Redis.
  RedisError error(const base::StreamError& error, Stage stage) const;
  /// The error for a connection that the server closed without a reply.
  RedisError closed(Stage stage, bool encrypted) const;
};

}  // namespace bigocean::redis
