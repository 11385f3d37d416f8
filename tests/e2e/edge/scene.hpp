// A migrated database, a Redis and a `serve` that uses both, and calls of its procedures.
#pragma once

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline HttpCall rpc(const std::string& name, const std::string& body, const std::string& headers = {}) {
  return {"POST", "/rpc/" + name, "Content-Type: application/json\r\n" + headers, body};
}

/// Whom the service takes for the client, where 127.0.0.1 is its proxy.
inline std::string from(const std::string& address) { return "X-Real-IP: " + address + "\r\n"; }

inline nlohmann::json json_of(const std::string& reply) { return nlohmann::json::parse(body_of(reply)); }

/// A session as its client has it.
struct Talker {
  std::string session;
  std::string bearer;
  std::string address;

  HttpCall request(const std::string& name) const {
    return rpc(name, R"({"sessionId":")" + session + "\"}", bearer + from(address));
  }
  HttpCall message(const std::string& text) const {
    return rpc("SendMessage", R"({"sessionId":")" + session + R"(","message":")" + text + "\"}",
               bearer + from(address));
  }
};

inline Talker begin(int port, const std::string& address) {
  const auto reply = exchange(port, rpc("StartAssessment", "{}", from(address)));
  INFO(reply);
  REQUIRE(status_of(reply) == 200);
  const auto json = json_of(reply);
  return {json["sessionId"], "Authorization: Bearer " + json["token"].get<std::string>() + "\r\n", address};
}

/// Clients are told apart by X-Real-IP; the scripted interviewer talks.
class Scene {
 public:
  explicit Scene(Environment more = {}, std::vector<std::string> launcher = {}) {
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url}};
    REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
    more.insert({{"DATABASE_URL", url},
                 {"REDIS_URL", redis.url()},
                 {"BIGOCEAN_SERVER_TRUSTED_PROXIES", "127.0.0.0/8"},
                 {"BIGOCEAN_SERVER_PROBE_PERIOD", "100ms"}});
    serve = std::make_unique<Serve>(std::move(more), std::vector<std::string>{}, std::move(launcher));
    wait_until("ready", 30s, [&] { return status_of(get(port(), "/ready")) == 200; });
  }
  int port() const { return serve->port(); }

  PrivatePostgres postgres;
  PrivateRedis redis;
  const std::string url = postgres.create_database();
  std::unique_ptr<Serve> serve;
};

/// This process may hold as many sockets as a crowd has.
inline void raise_own_descriptors() {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

}  // namespace bigocean::test
