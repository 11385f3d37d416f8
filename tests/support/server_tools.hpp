// Shared by the private servers.
#pragma once

#include <string>

namespace bigocean::test {

/// How often a server is started anew, on another port, when somebody took its port first.
constexpr int kPortTries = 5;

/// The program that plays Redis: $BIGOCEAN_TEST_REDIS_SERVER, for example valkey-server; else redis-server.
std::string redis_server();

/// For a name or password inside a URL.
std::string percent_encoded(const std::string& text);

}  // namespace bigocean::test
