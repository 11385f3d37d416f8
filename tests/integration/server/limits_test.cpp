// What the event loop does at its limits, and what it reports about each exchange.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/server/raw_client.hpp"
#include "tests/integration/server/running.hpp"
#include "tests/support/process.hpp"

namespace bigocean::server::http::limits_test {
namespace {

using test::body_of;
using test::get_request;
using test::RawClient;
using test::status_of;

TEST_CASE("past requests_max it is 503 at once, and /health is answered even then") {
  auto limits = usual_limits();
  limits.workers = 1;
  limits.requests_max = 2;
  Running server(limits);
  std::vector<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(server.port());
    busy.back().send(get_request("/slow"));
  }
  test::wait_until("both are handled", 10s, [&] { return server.gauges.handling == 2; });
  RawClient client(server.port());
  client.send(get_request("/slow"));
  const auto reply = client.read_reply();
  CHECK(status_of(reply) == 503);
  CHECK(reply.find("Retry-After: 1\r\n") != std::string::npos);
  client.send(get_request("/health"));
  CHECK(status_of(client.read_reply()) == 200);
  server.gate.open();
  for (auto& one : busy) CHECK(body_of(one.read_reply()) == "done");
  client.send(get_request("/slow"));
  CHECK(body_of(client.read_reply()) == "done");
}

std::string request_of(const std::string& client, const std::string& path) {
  const auto header = client.empty() ? "" : "X-Real-IP: " + client + "\r\n";
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + header + "\r\n";
}

TEST_CASE("one client may hold its share of the requests, the rest is for the others") {
  auto limits = usual_limits();
  limits.requests_max = 12;
  limits.waiting_max = 12;
  limits.requests_per_client_percent_max = 25;
  for (const std::string path : {"/slow", "/wait"}) {
    CAPTURE(path);
    Running server(limits);
    auto& gauge = path == "/slow" ? server.gauges.handling : server.gauges.waiting;
    std::vector<RawClient> busy;
    const auto hold = [&](const std::string& client) {
      const auto before = gauge.load();
      busy.emplace_back(server.port());
      busy.back().send(request_of(client, path));
      test::wait_until("one more", 10s, [&] { return gauge == before + 1; });
    };
    // The addresses of one /64 are one client.
    for (const std::string client : {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::"}) hold(client);
    RawClient fourth(server.port());
    fourth.send(request_of("2001:db8::9", path));
    const auto refused = fourth.read_reply();
    CHECK(status_of(refused) == 503);
    CHECK(refused.find("Retry-After: 1\r\n") != std::string::npos);
    CHECK(refused.find("of this client") != std::string::npos);
    fourth.send(get_request("/health"));
    CHECK(status_of(fourth.read_reply()) == 200);
    hold("2001:db8:0:1::1");
    hold("198.51.100.7");
    // A proxy that names no client stands for many: only the whole counts.
    for (int i = 0; i < 7; ++i) hold("");
    fourth.send(request_of("198.51.100.8", path));
    CHECK(status_of(fourth.read_reply()) == 503);
    server.gate.open();
    for (auto& one : busy) CHECK(body_of(one.read_reply()) == "done");
    for (int i = 0; i < 4; ++i) {  // what was held is given back
      fourth.send(request_of("2001:db8::9", path));
      CHECK(body_of(fourth.read_reply()) == "done");
    }
  }
}

TEST_CASE("a client that leaves keeps its share until its handler ends") {
  auto limits = usual_limits();
  limits.requests_max = 4;
  limits.requests_per_client_percent_max = 25;
  Running server(limits);
  {
    RawClient gone(server.port());
    gone.send(request_of("198.51.100.7", "/slow"));
    test::wait_until("it is handled", 10s, [&] { return server.gate.waiting() == 1; });
  }
  RawClient again(server.port());
  again.send(request_of("198.51.100.7", "/slow"));
  CHECK(status_of(again.read_reply()) == 503);
  server.gate.open();
  test::wait_until("the handler to end", 10s, [&] { return server.gauges.handling == 0; });
  again.send(request_of("198.51.100.7", "/slow"));
  CHECK(body_of(again.read_reply()) == "done");
}

TEST_CASE("a thousand clients that send byte by byte get 408, and beside them all others their answers") {
  auto limits = usual_limits();
  limits.connections_max = 2000;
  limits.head_timeout = 3s;
  Running server(limits);
  std::vector<RawClient> slow;
  for (int i = 0; i < 1000; ++i) slow.emplace_back(server.port());
  test::wait_until("all are there", 30s, [&] { return server.gauges.connections >= 1000; });
  const auto begun = get_request("/health").substr(0, 20);
  for (const char byte : begun) {
    for (auto& one : slow) one.send({&byte, 1});
    CHECK(status_of(test::get(server.port(), "/health")) == 200);
  }
  for (auto& one : slow) {
    const auto reply = one.read_to_end(30s);
    REQUIRE(status_of(reply) == 408);
  }
}

TEST_CASE("one address may have no more than its connections, unless it is a trusted proxy") {
  auto limits = usual_limits();
  limits.connections_per_client_max = 2;
  for (const bool trusted : {false, true}) {
    CAPTURE(trusted);
    Running server(limits, 10s, trusted ? "private" : "");
    std::vector<RawClient> clients;
    for (int i = 0; i < 2; ++i) {
      clients.emplace_back(server.port());
      clients.back().send(get_request("/health"));
      REQUIRE(status_of(clients.back().read_reply()) == 200);
    }
    RawClient third(server.port());
    if (trusted) third.send(get_request("/health"));
    CHECK(status_of(third.read_reply()) == (trusted ? 200 : 503));
    if (trusted) continue;
    clients.pop_back();
    test::wait_until("one is gone", 10s, [&] { return server.gauges.connections == 1; });
    RawClient again(server.port());
    again.send(get_request("/health"));
    CHECK(status_of(again.read_reply()) == 200);
  }
}

TEST_CASE("every reply has a date and the request's id, and the loop tells of it") {
  Running server;
  RawClient client(server.port());
  client.send("GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc\r\nX-Real-IP: 198.51.100.7\r\n\r\n");
  const auto reply = client.read_reply();
  CHECK(reply.find("X-Request-Id: abc\r\n") != std::string::npos);
  CHECK(reply.find("\r\nDate: ") != std::string::npos);
  client.send(post("x"));
  CHECK(client.read_reply().find("\r\nX-Request-Id: ") != std::string::npos);
  client.send(get_request("/none"));
  client.read_reply();
  client.send("rubbish\r\n\r\n");
  CHECK(status_of(client.read_to_end()) == 400);
  server.stop();
  server.join();
  CHECK(server.told() == std::vector<std::string>{"200 /health 198.51.100.7", "200 /echo 127.0.0.1",
                                                  "404  127.0.0.1", "400  127.0.0.1"});
}

}  // namespace
}  // namespace bigocean::server::http::limits_test
