// Parses a Redis URL.
#pragma once

#include <cstdint>
#include <string>

#include "config/secret.hpp"

namespace bigocean::config {

/// redis://[user][:password]@host[:port][/number][?family=0|4|6], rediss:// for TLS. User and password are
/// percent-decoded; an IPv6 host is without brackets.
struct RedisUrl {
  bool tls = false;
  std::string user;  ///< empty: the default user
  Secret password;   ///< empty: no AUTH
  std::string host;
  std::uint16_t port = 6379;
  std::int64_t database = 0;
  int family = 0;  ///< 0: IPv4 or IPv6, whichever answers; 4 or 6: only that one
};

/// Throws base::Error(kUsage). The message says what is wrong and at which character (1-based), and shows
/// nothing of the URL itself.
RedisUrl parse_redis_url(const Secret& url);

}  // namespace bigocean::config
