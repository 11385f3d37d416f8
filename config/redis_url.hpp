// A Redis URL taken apart.
#pragma once

#include <cstdint>
#include <string>

#include "config/secret.hpp"

namespace bigocean::config {

/// redis://[user][:password]@host[:port][/number][?family=0|4|6], rediss:// for TLS. User and password are
/// percent-decoded, an IPv6 host has lost its brackets.
struct RedisUrl {
  bool tls = false;
  std::string user;  ///< empty: the default user
  Secret password;   ///< empty: no AUTH
  std::string host;
  std::uint16_t port = 6379;
  std::int64_t database = 0;
  int family = 0;  ///< 0: IPv4 or IPv6, whichever answers; 4 or 6: only that one
};

/// Throws base::Error(kUsage) whose message says what is wrong and, 1-based, at which character; it shows
/// nothing of the URL itself.
RedisUrl parse_redis_url(const Secret& url);

}  // namespace bigocean::config
