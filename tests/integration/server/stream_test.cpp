// Bodies in pieces, and requests that wait for another party.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/server/raw_client.hpp"
#include "tests/integration/server/running.hpp"
#include "tests/support/process.hpp"

namespace bigocean::server::http::stream_test {
namespace {

using test::body_of;
using test::get_request;
using test::RawClient;
using test::status_of;

const std::string kWhole = "5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n";

/// Reads until `text` has come.
std::string read_until(RawClient& client, const std::string& text) {
  std::string seen;
  test::wait_until("the client to see " + text, 10s, [&] {
    seen += client.read_available();
    return seen.find(text) != std::string::npos;
  });
  return seen;
}

TEST_CASE("a body in pieces is chunked, sent as it is written, and the connection goes on") {
  Running server;
  RawClient client(server.port());
  client.send(get_request("/stream?gate"));
  const auto begin = read_until(client, "first");
  CHECK(begin.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(begin.find("Content-Length") == std::string::npos);
  CHECK(begin.ends_with("\r\n\r\n5\r\nfirst\r\n"));
  server.gate.open();
  CHECK(read_until(client, "0\r\n\r\n") == "6\r\nsecond\r\n0\r\n\r\n");
  client.send(get_request("/health"));
  CHECK(status_of(client.read_reply()) == 200);
}

TEST_CASE("HTTP/1.0 gets it unchunked, ended by the end of the connection") {
  Running server;
  RawClient client(server.port());
  client.send("GET /stream HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  const auto reply = client.read_to_end();
  CHECK(body_of(reply) == "firstsecond");
  CHECK(reply.find("chunked") == std::string::npos);
  CHECK(reply.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("HEAD gets the head alone") {
  Running server;
  RawClient client(server.port());
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get_request("/health"));
  CHECK(client.read_reply(true).find("chunked") != std::string::npos);
  CHECK(body_of(client.read_reply()) == "{}");
}

TEST_CASE("a body that breaks off ends the connection without the last chunk") {
  Running server;
  RawClient client(server.port());
  client.send(get_request("/stream?throw"));
  const auto reply = client.read_to_end();
  CHECK(status_of(reply) == 200);
  CHECK(reply.ends_with("5\r\nfirst\r\n"));
}

TEST_CASE("a body that breaks off resets an HTTP/1.0 connection, whose end would else be the body's") {
  Running server;
  RawClient client(server.port());
  client.send("GET /stream?throw HTTP/1.0\r\nHost: a\r\n\r\n");
  test::wait_until("the connection to be reset", 10s, [&] { return client.is_reset(); });
}

TEST_CASE("a client that does not read stops the handler, and one that leaves ends it") {
  Running server;
  {
    RawClient client(server.port());
    client.send(get_request("/stream?flood"));
    test::wait_until("the window to be full", 10s, [&] {
      const int before = server.pieces;
      ::usleep(20'000);
      return before > 0 && before == server.pieces;
    });
    // The socket's buffers, and no more than the window.
    CHECK(server.pieces < 1000);
    CHECK_FALSE(server.ended);
  }
  test::wait_until("the handler to end", 10s, [&] { return server.ended.load(); });
  server.stop();
  server.join();
  CHECK(server.told() == std::vector<std::string>{"499 /stream 127.0.0.1"});
}

TEST_CASE("a body that breaks off counts as what broke it, one that ends badly as what it says") {
  Running server;
  for (const auto* how : {"throw", "away", "fails"}) {
    RawClient client(server.port());
    client.send("GET /stream?" + std::string(how) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(status_of(client.read_to_end()) == 200);
  }
  server.stop();
  server.join();
  CHECK(server.told() ==
        std::vector<std::string>{"500 /stream 127.0.0.1", "503 /stream 127.0.0.1", "422 /stream 127.0.0.1"});
}

TEST_CASE("a client that takes nothing is cut off in time, and its handler ends") {
  auto limits = usual_limits();
  limits.body_timeout = 50ms;
  Running server(limits);
  RawClient client(server.port());
  client.send(get_request("/stream?flood"));
  test::wait_until("the handler to end", 10s, [&] { return server.ended.load(); });
}

TEST_CASE("draining waits for a body to end, and says so in its head when it can") {
  Running server;
  RawClient begun(server.port());
  begun.send(get_request("/stream?gate"));
  read_until(begun, "first");
  server.stop();
  test::wait_until("draining", 10s, [&] { return server.draining(); });
  CHECK_FALSE(server.done());
  server.gate.open();
  CHECK(begun.read_to_end() == "6\r\nsecond\r\n0\r\n\r\n");
  server.join();
  CHECK(server.cut() == 0);
}

TEST_CASE("the loop tells of a body once, when it has ended, with its bytes") {
  Running server;
  RawClient client(server.port());
  client.send(get_request("/stream"));
  CHECK(read_until(client, kWhole).ends_with(kWhole));
  server.stop();
  server.join();
  CHECK(server.told() == std::vector<std::string>{"200 /stream 127.0.0.1"});
}

TEST_CASE(
    "requests that wait have threads of their own: they hold up no other, and past the limit it is 503") {
  auto limits = usual_limits();
  limits.workers = 1;
  limits.waiting_max = 40;
  Running server(limits);
  std::vector<RawClient> waiting;
  for (int i = 0; i < 40; ++i) {
    waiting.emplace_back(server.port());
    waiting.back().send(get_request("/wait"));
  }
  test::wait_until("all wait", 10s, [&] { return server.gate.waiting() == 40; });
  test::wait_until("the gauge to say so", 10s, [&] { return server.gauges.waiting == 40; });
  RawClient other(server.port());
  other.send(post("x"));
  CHECK(body_of(other.read_reply()) == "x");
  other.send(get_request("/wait"));
  const auto refused = other.read_reply();
  CHECK(status_of(refused) == 503);
  CHECK(refused.find("Retry-After: 1\r\n") != std::string::npos);
  server.gate.open();
  for (auto& one : waiting) CHECK(body_of(one.read_reply()) == "done");
  other.send(get_request("/wait"));
  CHECK(body_of(other.read_reply()) == "done");
}

}  // namespace
}  // namespace bigocean::server::http::stream_test
