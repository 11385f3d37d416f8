// The service with the procedures, the pages and a backend of the tests, on a port of its own.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "server/product/pages/pages.hpp"
#include "server/product/rpc/routes.hpp"
#include "server/service/service.hpp"
#include "tests/integration/server/raw_client.hpp"
#include "tests/integration/server/running.hpp"
#include "tests/support/process.hpp"
#include "tests/support/rpc_backend.hpp"

namespace bigocean::test {

using Json = nlohmann::json;
using namespace std::chrono_literals;

inline config::Settings rpc_settings() {
  config::Sources sources;
  sources.environment = [](const std::string&) { return std::nullopt; };
  sources.working_directory = "/";
  auto settings = config::load_settings(sources).settings;
  settings.server.host = "127.0.0.1";
  settings.server.port = 0;
  settings.server.drain_quiet = 0ms;
  settings.server.trusted_proxies = "private";
  return settings;
}

class Serving {
 public:
  explicit Serving(config::Settings settings = rpc_settings(),
                   std::chrono::milliseconds keep_alive_after = server::rpc::kKeepAliveAfter)
      : settings_(std::move(settings)),
        service_(settings_,
                 {.probes = {},
                  .routes = all_routes(backend, settings_, keep_alive_after),
                  .status = server::StatusSources{[] { return "[]"; }, [] { return "[]"; }}},
                 log_) {
    REQUIRE(::pipe(stop_) == 0);
    thread_ = std::thread([this] { service_.run(stop_[0]); });
  }
  ~Serving() {
    gate.open();
    [[maybe_unused]] const auto written = ::write(stop_[1], "x", 1);
    thread_.join();
    ::close(stop_[0]);
    ::close(stop_[1]);
  }
  int port() const { return service_.port(); }

  /// Those of the procedures, and those of the pages.
  static std::vector<server::http::Route> all_routes(
      server::rpc::Backend& backend, const config::Settings& settings,
      std::chrono::milliseconds keep_alive_after = server::rpc::kKeepAliveAfter) {
    auto all = server::rpc::routes(backend, server::product::of(settings), keep_alive_after);
    for (auto& route : server::pages::routes(backend, server::product::of(settings)))
      all.push_back(std::move(route));
    return all;
  }

  FakeBackend backend;
  server::http::Gate gate;  ///< for turns to wait at

 private:
  config::Settings settings_;
  base::Logger log_{base::LogFormat::kText, base::LogLevel::kError, false};
  server::Service service_;
  int stop_[2] = {-1, -1};
  std::thread thread_;
};

inline const std::string kJsonType = "Content-Type: application/json\r\n";
inline const std::string kBearer = "Authorization: Bearer " + kToken + "\r\n";

inline const std::string kAccount = "Authorization: Bearer " + kAccountToken + "\r\n";

/// One call as RawClient sends it.
inline std::string rpc_request(const std::string& name, const std::string& headers, const std::string& body) {
  return HttpCall{"POST", "/rpc/" + name, headers, body}.bytes();
}

inline std::string session_body() { return R"({"sessionId":")" + kSessionId + "\"}"; }
inline std::string message_body(const std::string& message = "Hello") {
  return R"({"sessionId":")" + kSessionId + R"(","message":")" + message + "\"}";
}

/// One call, on a connection of its own. The client says that the body is text where no header says what it
/// is.
inline std::string call(int port, const std::string& name, const std::string& headers,
                        const std::string& body) {
  return exchange(port, {"POST", "/rpc/" + name, headers, body});
}

inline Json json_in(const std::string& reply) { return Json::parse(body_of(reply)); }

inline bool has_line(const std::string& reply, const std::string& line) {
  return reply.substr(0, reply.find("\r\n\r\n") + 2).find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace bigocean::test
