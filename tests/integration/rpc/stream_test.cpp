// SendMessage as a stream: events, silence, errors in the middle, and clients that leave.
#include <atomic>

#include "tests/integration/rpc/serving.hpp"

namespace bigocean::server::rpc::stream_test {
namespace {

using namespace test;

const std::string kStream = kJsonType + kBearer + "Accept: text/event-stream\r\n";

/// The body of a chunked reply, and what is left of it when it broke off.
std::string unchunked(const std::string& reply) {
  auto rest = body_of(reply);
  std::string body;
  while (!rest.empty()) {
    const auto size = std::stoul(rest, nullptr, 16);
    const auto at = rest.find("\r\n") + 2;
    if (size == 0) return body + "<end>";
    body += rest.substr(at, size);
    rest.erase(0, at + size + 2);
  }
  return body;
}

/// The whole reply, on a connection that the server closes after it.
std::string stream(int port) {
  RawClient client(port);
  client.send(rpc_request("SendMessage", kStream + "Connection: close\r\n", message_body()));
  return client.read_to_end();
}

std::string read_until(RawClient& client, const std::string& text) {
  std::string seen;
  wait_until("the client to see " + text, 10s, [&] {
    seen += client.read_available();
    return seen.find(text) != std::string::npos;
  });
  return seen;
}

const std::string kMessageEvent =
    "event: message\nid: 2.1.end\ndata: "
    "{\"message\":{\"position\":2,\"role\":\"assistant\",\"content\":\"And then?\","
    "\"createdAt\":\"2026-02-02T02:40:20.000Z\"},\"progress\":{\"answered\":3,\"messagesMax\":30,"
    "\"facetsKnown\":4,\"confidence\":12.5,\"windingDown\":true,\"completed\":false}}\n\n";

TEST_CASE("a stream is deltas, then the whole message") {
  Serving serving;
  serving.backend.turn = [](const OnText& on_text) {
    CHECK(on_text("And "));
    CHECK(on_text("then?\n"));
    return FakeBackend::answer();
  };
  const auto reply = stream(serving.port());
  CHECK(status_of(reply) == 200);
  CHECK(has_line(reply, "Content-Type: text/event-stream"));
  CHECK(has_line(reply, "Cache-Control: no-store"));
  CHECK(has_line(reply, "X-Accel-Buffering: no"));
  CHECK(has_line(reply, "RateLimit: " + kStanding));
  CHECK(unchunked(reply) ==
        "event: delta\nid: 2.1.4\ndata: {\"text\":\"And \"}\n\nevent: delta\nid: 2.1.10\ndata: "
        "{\"text\":\"then?\\n\"}\n\n" +
            kMessageEvent + "<end>");
}

TEST_CASE("a delta is sent when it is there, not when the answer is whole") {
  Serving serving;
  serving.backend.turn = [&](const OnText& on_text) {
    on_text("first");
    serving.gate.wait();
    return FakeBackend::answer();
  };
  RawClient client(serving.port());
  client.send(rpc_request("SendMessage", kStream, message_body()));
  CHECK(read_until(client, "first").find("event: message") == std::string::npos);
  serving.gate.open();
  read_until(client, "0\r\n\r\n");
}

TEST_CASE("in silence a comment says that the stream is alive, whole and between the events") {
  Serving serving(rpc_settings(), 20ms);
  serving.backend.turn = [&](const OnText& on_text) {
    on_text("first");
    serving.gate.wait();
    on_text("second");
    return FakeBackend::answer();
  };
  RawClient client(serving.port());
  client.send(rpc_request("SendMessage", kStream + "Connection: close\r\n", message_body()));
  std::string seen;
  const std::string comment = "e\r\n: keep-alive\n\n\r\n";
  wait_until("three comments", 10s, [&] {
    seen += client.read_available();
    return seen.find(comment + comment + comment) != std::string::npos;
  });
  serving.gate.open();
  auto body = unchunked(seen + client.read_to_end());
  for (std::size_t at = 0; (at = body.find(": keep-alive\n\n")) != body.npos;) body.erase(at, 14);
  CHECK(body ==
        "event: delta\nid: 2.1.5\ndata: {\"text\":\"first\"}\n\nevent: delta\nid: 2.1.11\ndata: "
        "{\"text\":\"second\"}\n\n" +
            kMessageEvent + "<end>");
}

TEST_CASE("before the first delta, too, and to HTTP/1.0 without chunks") {
  Serving serving(rpc_settings(), 20ms);
  serving.backend.turn = [&](const OnText&) {
    serving.gate.wait();
    return FakeBackend::answer();
  };
  RawClient client(serving.port());
  const auto body = message_body();
  client.send("POST /rpc/SendMessage HTTP/1.0\r\n" + kStream +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  auto seen = read_until(client, "\r\n\r\n: keep-alive\n\n: keep-alive\n\n");
  serving.gate.open();
  seen += client.read_to_end();
  CHECK(seen.ends_with(": keep-alive\n\n" + kMessageEvent));
}

TEST_CASE("no comment comes where nothing is silent for long") {
  Serving serving;
  CHECK(stream(serving.port()).find("keep-alive") == std::string::npos);
}

TEST_CASE("what fails in the middle is told as an event, and the stream ends in order") {
  Serving serving;
  serving.backend.turn = [](const OnText& on_text) -> SendMessageReply {
    on_text("An");
    throw RpcError(Tag::kModelRefused, "not this");
  };
  const auto body = unchunked(stream(serving.port()));
  CHECK(body.ends_with("<end>"));
  const auto at = body.find("event: problem\ndata: ");
  REQUIRE(at != body.npos);
  const auto line = body.substr(at + 21, body.find('\n', at + 21) - at - 21);
  CHECK(Json::parse(line)["_tag"] == "ModelRefused");
  CHECK(Json::parse(line)["status"] == 422);
  CHECK(Json::parse(line)["detail"] == "not this");
  CHECK(serving.backend.turns() == 0);
}

TEST_CASE("metrics count a stream as how it ended, not as how it began") {
  Serving serving;
  const auto counted = [&](int status) {
    const auto line = "bigocean_http_requests_total{method=\"POST\",route=\"/rpc/SendMessage\",status=\"" +
                      std::to_string(status) + "\"} 1";
    wait_until(line, 10s, [&] { return get(serving.port(), "/metrics").find(line) != std::string::npos; });
  };
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw RpcError(Tag::kModelUnavailable); };
  stream(serving.port());
  counted(503);
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw RpcError(Tag::kModelRefused); };
  stream(serving.port());
  counted(422);
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw std::runtime_error("x"); };
  stream(serving.port());
  counted(500);
  serving.backend.turn = [](const OnText& on_text) {
    while (on_text(std::string(100'000, 'x'))) {
    }
    return FakeBackend::answer();
  };
  {
    RawClient client(serving.port());
    client.send(rpc_request("SendMessage", kStream, message_body()));
    read_until(client, "xxx");
  }
  counted(499);
  CHECK(get(serving.port(), "/metrics").find("SendMessage\",status=\"200\"") == std::string::npos);
}

TEST_CASE("what breaks in the middle is told without its reason, and the stream breaks off") {
  Serving serving;
  serving.backend.turn = [](const OnText& on_text) -> SendMessageReply {
    on_text("An");
    throw std::runtime_error("secret");
  };
  const auto body = unchunked(stream(serving.port()));
  CHECK(body.find("event: problem\ndata: {\"_tag\":\"InternalServerError\"") != body.npos);
  CHECK(body.find("secret") == body.npos);
  CHECK_FALSE(body.ends_with("<end>"));
}

TEST_CASE("what refuses the message beforehand has its own status and no stream") {
  Serving serving;
  serving.backend.failure = RpcError(Tag::kSessionBusy);
  const auto reply = stream(serving.port());
  CHECK(status_of(reply) == 409);
  CHECK(has_line(reply, "Content-Type: application/problem+json"));
  CHECK(json_in(reply)["_tag"] == "SessionBusy");
}

TEST_CASE("the turn has ended when the client learns how it ended") {
  Serving serving;
  RawClient client(serving.port());
  for (int i = 0; i < 100; ++i) {
    client.send(rpc_request("SendMessage", kStream, message_body()));
    std::string seen;
    while (seen.find("event: message") == seen.npos) seen += client.read_available();
    CHECK(serving.backend.turns() == 0);
    while (!seen.ends_with("0\r\n\r\n")) seen += client.read_available();
  }
}

TEST_CASE("a turn learns that its client has left, and goes on as it wants") {
  std::atomic<bool> told = false;
  Serving serving;
  serving.backend.turn = [&](const OnText& on_text) -> SendMessageReply {
    on_text("first");
    serving.gate.wait();
    wait_until("nobody to want the rest", 10s, [&] { return !on_text("more"); });
    told = true;
    throw RpcError(Tag::kModelUnavailable);
  };
  {
    RawClient client(serving.port());
    client.send(rpc_request("SendMessage", kStream, message_body()));
    read_until(client, "first");
  }
  serving.gate.open();
  wait_until("the turn to end", 10s, [&] { return told && serving.backend.turns() == 0; });
}

/// FollowSession with an id, or none, on a connection that the server closes after it.
std::string follow(int port, const std::string& last_event_id = {}, const std::string& path = kSessionId) {
  RawClient client(port);
  client.send("GET /rpc/sessions/" + path + "/events HTTP/1.1\r\nHost: a\r\n" + kBearer +
              "Accept: text/event-stream\r\nConnection: close\r\n" +
              (last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n") + "\r\n");
  return client.read_to_end();
}

TEST_CASE("a stream is gone on with behind the event that was seen last") {
  Serving serving;
  serving.backend.follows = true;
  serving.backend.turn = [](const OnText& on_text) {
    on_text("then?");
    return FakeBackend::answer();
  };
  const auto reply = follow(serving.port(), "2.1.4");
  CHECK(status_of(reply) == 200);
  CHECK(has_line(reply, "Content-Type: text/event-stream"));
  CHECK(has_line(reply, "Cache-Control: no-store"));
  CHECK(unchunked(reply) ==
        "event: delta\nid: 2.1.9\ndata: {\"text\":\"then?\"}\n\n" + kMessageEvent + "<end>");
  CHECK(serving.backend.calls() == std::vector{"FollowSession " + kSessionId + " " + kToken + " 2.1.4"});

  // Another attempt at the answer than the one that was seen.
  CHECK(unchunked(follow(serving.port(), "2.0.4")).starts_with("event: reset\nid: 2.0.4\ndata: {}\n\n"));
  CHECK(unchunked(follow(serving.port())).find("id: 2.1.5") != std::string::npos);
}

TEST_CASE("where there is nothing to go on with, the answer is 204, and a client need not ask again") {
  Serving serving;
  const auto reply = follow(serving.port(), "2.1.end");
  CHECK(status_of(reply) == 204);
  CHECK(body_of(reply).empty());
  CHECK(reply.find("Content-Length") == std::string::npos);
}

TEST_CASE("an id that is none of ours, a session that is none, and other wrong requests are told") {
  Serving serving;
  for (const auto* id : {"x", "1", "2.1", "2.1.", "2.1.4.5", "-2.1.4", "02.1.4", "2.1.4x", "2.1.END",
                         "99999999999999999999.1.4", "2.1.99999999999999999999"}) {
    INFO(id);
    const auto reply = follow(serving.port(), id);
    CHECK(status_of(reply) == 400);
    CHECK(json_in(reply)["errors"][0]["header"] == "Last-Event-ID");
  }
  CHECK(json_in(follow(serving.port(), {}, "x"))["errors"][0]["pointer"] == "/sessionId");
  CHECK(status_of(follow(serving.port(), {}, "a/b")) == 404);
  CHECK(status_of(get(serving.port(), "/rpc/sessions//events")) == 404);
  CHECK(status_of(get(serving.port(), "/rpc/sessions/" + kSessionId + "/events")) == 401);
  RawClient client(serving.port());
  client.send("GET /rpc/sessions/" + kSessionId + "/events HTTP/1.1\r\nHost: a\r\n" + kBearer +
              "Accept: application/json\r\n\r\n");
  CHECK(status_of(client.read_reply()) == 406);
  CHECK(serving.backend.calls().empty());
}

TEST_CASE("keep-alive comments alone find out that a client has left") {
  std::atomic<bool> wanted = true;
  Serving serving(rpc_settings(), 20ms);
  serving.backend.turn = [&](const OnText& on_text) {
    on_text("first");
    serving.gate.wait();
    wanted = on_text("one more");
    return FakeBackend::answer();
  };
  {
    RawClient client(serving.port());
    client.send(rpc_request("SendMessage", kStream, message_body()));
    read_until(client, "first");
  }
  wait_until("the connection to be given up", 10s, [&] {
    const auto metrics = get(serving.port(), "/metrics");
    return metrics.find("route=\"/rpc/SendMessage\",status=\"499\"") != metrics.npos;
  });
  serving.gate.open();
  wait_until("the turn to end", 10s, [&] { return serving.backend.turns() == 0; });
  CHECK_FALSE(wanted);
}

TEST_CASE("many streams at a time are fed in their silences by one thread") {
  Serving serving(rpc_settings(), 20ms);
  serving.backend.turn = [&](const OnText&) {
    serving.gate.wait();
    return FakeBackend::answer();
  };
  std::vector<RawClient> clients;
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back(serving.port());
    clients.back().send(rpc_request("SendMessage", kStream, message_body()));
  }
  for (auto& client : clients) read_until(client, ": keep-alive");
  serving.gate.open();
  for (auto& client : clients) read_until(client, "event: message");
}

}  // namespace
}  // namespace bigocean::server::rpc::stream_test
