// The event loop with real sockets: keep-alive, pipelining, slow clients, limits, drain.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "tests/integration/server/raw_client.hpp"
#include "tests/integration/server/running.hpp"
#include "tests/support/process.hpp"

namespace bigocean::server::http::http_test {
namespace {

using test::body_of;
using test::get_request;
using test::RawClient;
using test::status_of;

TEST_CASE("keep-alive: many requests on one connection, quick and through a worker") {
  Running server;
  RawClient client(server.port());
  for (int i = 0; i < 100; ++i) {
    client.send(get_request("/health"));
    REQUIRE(status_of(client.read_reply()) == 200);
    client.send(post(std::to_string(i)));
    REQUIRE(body_of(client.read_reply()) == std::to_string(i));
  }
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the reply") {
  Running server;
  for (const std::string request :
       {"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /health HTTP/1.0\r\n\r\n"}) {
    RawClient client(server.port());
    client.send(request);
    const auto reply = client.read_to_end();
    CHECK(status_of(reply) == 200);
    CHECK(reply.find("Connection: close\r\n") != std::string::npos);
  }
}

TEST_CASE("pipelined requests are answered in order, hundreds at once") {
  Running server;
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += i % 2 == 0 ? post(std::to_string(i)) : get_request("/health");
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < 500; ++i) {
    CHECK(body_of(client.read_reply()) == (i % 2 == 0 ? std::to_string(i) : "{}"));
  }
  sender.join();
}

TEST_CASE("a client that ends its sending still gets its reply") {
  Running server;
  RawClient client(server.port());
  client.send(post("last"));
  client.end_sending();
  CHECK(body_of(client.read_to_end()) == "last");
}

TEST_CASE("bodies: chunked, large, after 100 Continue") {
  Running server;
  RawClient client(server.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  CHECK(body_of(client.read_reply()) == "abc");
  const std::string large(2 << 20, 'x');
  std::thread sender([&] { client.send(post(large)); });
  CHECK(body_of(client.read_reply()) == large);
  sender.join();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_reply() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  CHECK(body_of(client.read_reply()) == "ok");
}

TEST_CASE("100 Continue comes also for a head that arrived behind another request") {
  Running server;
  RawClient client(server.port());
  client.send(get_request("/health") +
              "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(status_of(client.read_reply()) == 200);
  CHECK(status_of(client.read_reply(true)) == 100);
  client.send("hello");
  CHECK(body_of(client.read_reply()) == "hello");
}

TEST_CASE("a target in absolute form is served like the path in it") {
  Running server;
  RawClient client(server.port());
  client.send("GET http://any.example:81/health?x HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(status_of(client.read_reply()) == 200);
  client.send("GET http://any.example/none HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(status_of(client.read_reply()) == 404);
  client.send("GET /%68ealth HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(status_of(client.read_reply()) == 200);
}

TEST_CASE("refused requests get their status and lose the connection") {
  Running server;
  const std::vector<std::pair<std::string, int>> rows{
      {"GET /health HTTP/1.1\n\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\nX: y\r\n", 400},
      {"GET /health HTTP/1.1\r\n\r\n", 400},
      {"GET /h x\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"GET http://u@a/health HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /health#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400},
      {"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n", 413},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n500000\r\n", 413},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'x'), 431},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"\x16\x03\x01\x02", 0},  // TLS: no line end, so it waits for more; closed by the client
  };
  for (const auto& [bytes, status] : rows) {
    CAPTURE(bytes);
    RawClient client(server.port());
    client.send(bytes);
    if (status == 0) continue;
    // A second request must not be answered: whoever sent the first one is not to be trusted with framing.
    client.send(get_request("/health"));
    const auto reply = client.read_to_end();
    CHECK(status_of(reply) == status);
    CHECK(reply.find("application/problem+json") != std::string::npos);
    CHECK(reply.find("HTTP/1.1 200") == std::string::npos);
    CHECK(nlohmann::json::parse(body_of(reply))["status"] == status);
  }
  CHECK(status_of(test::get(server.port(), "/health")) == 200);
}

TEST_CASE("slow, idle and busy clients do not keep /health from its answer") {
  Running server;
  std::vector<RawClient> held;
  for (int i = 0; i < 200; ++i) held.emplace_back(server.port());
  for (int i = 0; i < 50; ++i) {
    held.emplace_back(server.port());
    held.back().send("GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ");
  }
  for (int i = 0; i < 10; ++i) {  // more than there are workers
    held.emplace_back(server.port());
    held.back().send(get_request("/slow"));
  }
  for (int i = 0; i < 5; ++i) {  // take no byte of what they asked for
    held.emplace_back(server.port());
    held.back().send(get_request("/big"));
  }
  test::wait_until("busy workers", 10s, [&] { return server.gate.waiting() == 2; });
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    CHECK(status_of(test::get(server.port(), "/health")) == 200);
    CHECK(std::chrono::steady_clock::now() - start < 500ms);
  }
  held[220].send("x\r\n\r\n");
  CHECK(status_of(held[220].read_reply()) == 200);
  server.gate.open();
  for (std::size_t i = 250; i < 260; ++i) CHECK(body_of(held[i].read_reply()) == "done");
  CHECK(body_of(held[262].read_reply()).size() == 3 << 20);
}

TEST_CASE("time limits: half a head and half a body get 408, silence is closed") {
  auto limits = usual_limits();
  limits.head_timeout = 200ms;
  limits.body_timeout = 200ms;
  limits.keep_alive_timeout = 400ms;
  Running server(limits);
  RawClient silent(server.port());
  RawClient head(server.port());
  RawClient body(server.port());
  RawClient served(server.port());
  head.send("GET /health HT");
  body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  served.send(get_request("/health"));
  CHECK(status_of(served.read_reply()) == 200);
  CHECK(status_of(head.read_to_end()) == 408);
  CHECK(status_of(body.read_to_end()) == 408);
  CHECK(silent.closed_silently());
  CHECK(served.closed_silently());
}

TEST_CASE("at connections_max the longest idle makes room; with none idle only /health is answered") {
  auto limits = usual_limits();
  limits.connections_max = 3;
  Running server(limits);
  RawClient first(server.port());
  first.send(get_request("/health"));
  CHECK(status_of(first.read_reply()) == 200);
  std::vector<RawClient> busy;
  for (int i = 0; i < 3; ++i) {
    busy.emplace_back(server.port());
    // The reply to the first request tells that the beginning of the second one has been read, too.
    busy.back().send(get_request("/health") + "GET /health HTTP/1.1\r\n");
    CHECK(status_of(busy.back().read_reply()) == 200);
  }
  CHECK(first.closed_silently());
  RawClient extra(server.port());
  extra.send(post("x"));
  const auto reply = extra.read_to_end();
  CHECK(status_of(reply) == 503);
  CHECK(reply.find("Retry-After: ") != std::string::npos);
  // However many ask for nothing: the one that has waited longest goes.
  std::vector<RawClient> silent;
  for (int i = 0; i < 30; ++i) silent.emplace_back(server.port());
  RawClient probe(server.port());
  probe.send(get_request("/health") + get_request("/health"));
  const auto health = probe.read_to_end();
  CHECK(status_of(health) == 200);
  CHECK(health.find("HTTP/1.1", 1) == std::string::npos);  // one request each
  CHECK(health.find("Connection: close\r\n") != std::string::npos);
  CHECK(silent[0].closed_silently());
  busy[0].send("Host: a\r\n\r\n");
  CHECK(status_of(busy[0].read_reply()) == 200);
}

TEST_CASE("a drain finishes what is in flight and closes the rest") {
  Running server;
  RawClient idle(server.port());
  RawClient kept(server.port());
  RawClient half(server.port());
  RawClient slow(server.port());
  kept.send(get_request("/health"));
  CHECK(status_of(kept.read_reply()) == 200);
  idle.send(get_request("/health"));
  CHECK(status_of(idle.read_reply()) == 200);
  half.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  slow.send(get_request("/slow"));
  test::wait_until("the slow request", 10s, [&] { return server.gate.waiting() == 1; });

  server.stop();
  CHECK(idle.closed_silently());
  CHECK(kept.closed_silently());
  CHECK(server.draining());
  // While requests are in flight, new ones are still answered, the last on their connection.
  const auto late = test::get(server.port(), "/health");
  CHECK(status_of(late) == 200);
  CHECK(late.find("Connection: close\r\n") != std::string::npos);
  CHECK_FALSE(server.done());
  half.send("llo");
  const auto finished = half.read_to_end();
  CHECK(body_of(finished) == "hello");
  CHECK(finished.find("Connection: close\r\n") != std::string::npos);
  server.gate.open();
  CHECK(body_of(slow.read_to_end()) == "done");
  server.join();
  CHECK(server.cut() == 0);
}

TEST_CASE("a drain takes requests until none has come for a while") {
  constexpr auto kQuiet = 2s;
  auto limits = usual_limits();
  limits.drain_quiet = kQuiet;
  Running server(limits);
  RawClient kept(server.port());
  RawClient idle(server.port());
  kept.send(get_request("/health"));
  CHECK(status_of(kept.read_reply()) == 200);

  server.stop();
  test::wait_until("the drain", 10s, [&] { return server.draining(); });
  // A proxy that has not heard of it: over a connection from before, and over a new one.
  kept.send(get_request("/health"));
  const auto last = kept.read_to_end();
  CHECK(status_of(last) == 200);
  CHECK(last.find("Connection: close\r\n") != std::string::npos);
  const auto before = std::chrono::steady_clock::now();
  CHECK(status_of(test::get(server.port(), "/health")) == 200);
  CHECK(idle.closed_silently());
  server.join();
  CHECK(std::chrono::steady_clock::now() - before >= kQuiet);
  CHECK(server.cut() == 0);
}

TEST_CASE("before a drain ends at its limit, who can end its request is told once, and its client hears") {
  Running server(usual_limits(), 4s);
  std::atomic<int> calls = 0;
  server.on_last_call = [&] {
    ++calls;
    server.gate.open();
  };
  test::RawClient client(server.port());
  client.send("GET /stream?gate HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string seen;
  test::wait_until("the first piece", 10s, [&] {
    seen += client.read_available();
    return seen.find("first") != std::string::npos;
  });
  server.stop();
  seen += client.read_to_end();
  CHECK(seen.find("second") != std::string::npos);
  CHECK(seen.ends_with("0\r\n\r\n"));
  server.join();
  CHECK(server.cut() == 0);
  CHECK(calls == 1);
}

TEST_CASE("a drain ends at its limit and tells how many requests it cut") {
  Running server(usual_limits(), 200ms);
  RawClient half(server.port());
  half.send("GET /health HT");
  RawClient slow(server.port());
  slow.send(get_request("/slow"));
  test::wait_until("the slow request", 10s, [&] { return server.gate.waiting() == 1; });
  server.stop();
  server.join();
  CHECK(server.cut() == 2);
}

TEST_CASE("listening: both families on ::, errors that say what to do") {
  const auto both = listen_on("::", 0);
  RawClient over_ipv4(both.port);
  CHECK(both.port > 0);
  try {
    listen_on("::", both.port);
    FAIL("the port is taken");
  } catch (const base::Error& error) {
    CHECK(error.code == base::ExitCode::kUsage);
    CHECK(error.message == "port " + std::to_string(both.port) + " is in use");
    CHECK(error.hint.find("PORT") != std::string::npos);
  }
  CHECK_THROWS_AS(listen_on("192.0.2.1", 0), base::Error);
  CHECK_THROWS_AS(listen_on("no such host", 0), base::Error);
}

}  // namespace
}  // namespace bigocean::server::http::http_test
