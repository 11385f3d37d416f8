// Which Redis is spoken to, and its errors in words that name it.
#pragma once

#include <sys/socket.h>

#include <string>

#include "base/interrupt.hpp"
#include "base/net/stream.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

/// What every failure of a connection has in common: who was asked, and what else ends a wait.
struct Target {
  std::string host;
  int port = 0;
  int family = AF_UNSPEC;
  std::string name;  ///< "cache:6379", for messages
  const base::Interrupt* interrupt = nullptr;

  RedisError error(Fault fault, Stage stage, const std::string& what, std::string hint = {}) const;
  /// The same failure with what to do about it here.
  RedisError error(const base::StreamError& error, Stage stage) const;
  /// The other side ended the connection without a word.
  RedisError closed(Stage stage, bool encrypted) const;
};

}  // namespace bigocean::redis
