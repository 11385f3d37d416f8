// Every procedure over a socket: what reaches the backend, the reply, headers and errors.
#include "server/product/rpc/openapi.hpp"
#include "tests/integration/rpc/serving.hpp"
#include "tests/support/json_schema.hpp"

namespace bigocean::server::rpc::procedures_test {
namespace {

using namespace test;

struct Good {
  std::string name;
  std::string headers;
  std::string body;
  std::string reaches;  ///< what the backend notes
};

const std::vector<Good>& good_calls() {
  static const std::vector<Good> calls{
      {"StartAssessment", "", "{}", "- - -"},
      {"StartAssessment", kBearer, R"({"displayName":"Ada"})", "- " + kToken + " Ada"},
      {"SendMessage", kBearer, message_body(), kSessionId + " " + kToken + " Hello -"},
      {"SendMessage", kBearer + "Idempotency-Key: k-1\r\n", message_body(),
       kSessionId + " " + kToken + " Hello k-1"},
      {"ResumeSession", kBearer, session_body(), kSessionId + " " + kToken + " -"},
      {"GetResults", kBearer, session_body(), kSessionId + " " + kToken + " -"},
      {"ShareProfile", kBearer, session_body(), kSessionId + " " + kToken + " -"},
      {"UnshareProfile", kBearer, session_body(), kSessionId + " " + kToken + " -"},
      {"GetProfile", "", R"({"profileId":")" + kProfileId + "\"}", kProfileId + " - -"},
      {"GetResults", kAccount, session_body(), kSessionId + " ada -"},
      {"StartAssessment", kAccount, "{}", "- ada -"},
      {"SendMessage", kAccount, message_body(), kSessionId + " ada Hello -"},
      {"ClaimSession", kAccount, R"({"sessionId":")" + kSessionId + R"(","token":")" + kToken + "\"}",
       kSessionId + " ada " + kToken},
      {"ListSessions", kAccount, "{}", "- ada -"},
      {"RevokeSession", kAccount, session_body(), kSessionId + " ada -"},
      {"DeleteSession", kBearer, session_body(), kSessionId + " " + kToken + " -"},
      {"ExportSession", kBearer, session_body(), kSessionId + " " + kToken + " -"},
  };
  return calls;
}

TEST_CASE("every procedure reaches the backend once and replies as the served OpenAPI document says") {
  Serving serving;
  const auto schema = JsonSchema::of(json_in(get(serving.port(), "/openapi.json")));
  std::vector<std::string> expected;
  for (const auto& good : good_calls()) {
    CAPTURE(good.name);
    const auto reply = call(serving.port(), good.name, kJsonType + good.headers, good.body);
    CHECK(status_of(reply) == 200);
    CHECK(has_line(reply, "Content-Type: application/json"));
    CHECK(has_line(reply, "Cache-Control: no-store"));
    CHECK(has_line(reply, "X-Content-Type-Options: nosniff"));
    CHECK(has_line(reply, "RateLimit: " + kStanding));
    CHECK(
        schema.check_at("/paths/~1rpc~1" + good.name + "/post/responses/200/content/application~1json/schema",
                        json_in(reply)) == "");
    expected.push_back(good.name + " " + good.reaches);
    CHECK(serving.backend.calls() == expected);
    CHECK(serving.backend.turns() == 0);
  }
}

TEST_CASE("every error of every procedure arrives with its status, tag and headers") {
  Serving serving;
  const auto schema = JsonSchema::of(json_in(get(serving.port(), "/openapi.json")));
  const auto table = procedures(4000);
  for (const auto& good : good_calls()) {
    const auto procedure =
        std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == good.name; });
    for (const Tag tag : errors_of(*procedure)) {
      const auto& info = error_info(tag);
      CAPTURE(good.name);
      CAPTURE(info.name);
      RpcError error(tag);
      error.headers = {{"RateLimit", "\"a\";r=0;t=5"}};
      if (info.retry_after) error.retry_after = 5s;
      serving.backend.failure = error;
      const auto reply = call(serving.port(), good.name, kJsonType + good.headers, good.body);
      CHECK(status_of(reply) == info.status);
      CHECK(has_line(reply, "Content-Type: application/problem+json"));
      CHECK(has_line(reply, "Cache-Control: no-store"));
      CHECK(has_line(reply, "RateLimit: \"a\";r=0;t=5"));
      CHECK(has_line(reply, "Retry-After: 5") == info.retry_after);
      CHECK(schema.check_at("/components/schemas/" + std::string(info.name), json_in(reply)) == "");
    }
  }
}

TEST_CASE("the backend learns who calls: the client's address behind a trusted proxy, and the request's id") {
  Serving serving;
  call(serving.port(), "GetResults",
       kJsonType + kBearer + "X-Forwarded-For: 203.0.113.7\r\nX-Request-Id: abc\r\n", session_body());
  CHECK(serving.backend.caller().client_address == "203.0.113.7");
  CHECK(serving.backend.caller().request_id == "abc");
  CHECK(serving.backend.caller().token == kToken);
  call(serving.port(), "GetResults", kJsonType + kBearer, session_body());
  CHECK(serving.backend.caller().client_address == "127.0.0.1");
}

TEST_CASE("the backend learns which language is wanted where it matters, and caches learn that it does") {
  Serving serving;
  const auto table = procedures(4000);
  for (const auto& good : good_calls()) {
    CAPTURE(good.name);
    const auto procedure =
        std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == good.name; });
    const bool matters = good.name == "StartAssessment" || good.name == "GetProfile";
    CHECK((procedure->texts == server::rpc::Texts::kOfReader) == matters);
    const auto headers = kJsonType + good.headers;
    auto reply = call(serving.port(), good.name, headers + "Accept-Language: fr, de-AT;q=0.8\r\n", good.body);
    CHECK(serving.backend.caller().language ==
          (matters ? std::optional(server::assessment::Language::kGerman) : std::nullopt));
    CHECK(has_line(reply, "Vary: Accept-Language") == matters);
    reply = call(serving.port(), good.name, headers, good.body);
    CHECK(serving.backend.caller().language == std::nullopt);
    CHECK(has_line(reply, "Vary: Accept-Language") == matters);
  }
}

TEST_CASE("an address that no trusted proxy vouches for is not believed") {
  auto settings = rpc_settings();
  settings.server.trusted_proxies = "";
  Serving serving(settings);
  call(serving.port(), "GetResults", kJsonType + kBearer + "X-Forwarded-For: 203.0.113.7\r\n",
       session_body());
  CHECK(serving.backend.caller().client_address == "127.0.0.1");
}

TEST_CASE("somebody else's session and one that never was get the same answer, byte by byte") {
  Serving serving;
  const auto answer = [&](const std::string& detail) {
    serving.backend.failure = RpcError(Tag::kSessionNotFound, detail);
    return body_of(call(serving.port(), "GetResults", kJsonType + kBearer, session_body()));
  };
  CHECK(answer("belongs to another") == answer(""));
}

TEST_CASE("a turn that fails before it streams has its own status, and lets go of the session") {
  Serving serving;
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw RpcError(Tag::kModelUnavailable); };
  const auto reply = call(serving.port(), "SendMessage", kJsonType + kBearer, message_body());
  CHECK(status_of(reply) == 503);
  CHECK(json_in(reply)["_tag"] == "ModelUnavailable");
  CHECK(serving.backend.turns() == 0);
}

TEST_CASE("what breaks inside is told as nothing but a 500 or 503, with a tag") {
  Serving serving;
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw std::runtime_error("secret"); };
  auto reply = call(serving.port(), "SendMessage", kJsonType + kBearer, message_body());
  CHECK(status_of(reply) == 500);
  CHECK(json_in(reply)["_tag"] == "InternalServerError");
  CHECK(reply.find("secret") == std::string::npos);
  CHECK(has_line(reply, "Cache-Control: no-store"));
  serving.backend.turn = [](const OnText&) -> SendMessageReply {
    throw base::Error(base::ExitCode::kUnreachable, "secret");
  };
  reply = call(serving.port(), "SendMessage", kJsonType + kBearer, message_body());
  CHECK(status_of(reply) == 503);
  CHECK(json_in(reply)["_tag"] == "ServiceUnavailable");
  CHECK(has_line(reply, "Retry-After: 1"));
}

TEST_CASE("every 503 says when to come back, whoever makes it") {
  auto settings = rpc_settings();
  settings.server.waiting_max = 0;
  settings.server.requests_max = 0;
  settings.server.connections_max = 2;
  settings.database.url = {};
  Serving full(settings);
  const auto of_the_loop = call(full.port(), "SendMessage", kJsonType + kBearer, message_body());
  const auto of_a_worker = call(full.port(), "GetResults", kJsonType + kBearer, session_body());
  std::vector<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(full.port());
    busy.back().send(get_request("/health") + "GET /health HTTP/1.1\r\n");
    CHECK(status_of(busy.back().read_reply()) == 200);
  }
  RawClient extra(full.port());
  extra.send(rpc_request("GetResults", kJsonType + kBearer, session_body()));
  for (const auto& reply : {of_the_loop, of_a_worker, extra.read_to_end()}) {
    CHECK(status_of(reply) == 503);
    CHECK(has_line(reply, "Retry-After: 1"));
  }
}

TEST_CASE("an address may send so many requests a minute, whatever they are") {
  auto settings = rpc_settings();
  server::product::of(settings).limits.requests_per_address_minute = 3;
  Serving serving(settings);
  const auto from = [&](const std::string& address) {
    const auto header = address.empty() ? "" : "X-Real-IP: " + address + "\r\n";
    return call(serving.port(), "GetResults", kJsonType + kBearer + header, session_body());
  };
  call(serving.port(), "GetResults", "X-Real-IP: 2001:db8::1\r\n", "rubbish");
  for (int i = 0; i < 2; ++i) CHECK(status_of(from("2001:db8::2")) == 200);
  const auto calls = serving.backend.calls().size();
  const auto refused = from("2001:db8::3");  // of the same /64
  CHECK(status_of(refused) == 429);
  CHECK(json_in(refused)["_tag"] == "RateLimitExceeded");
  CHECK(has_line(refused, "RateLimit-Policy: \"requests-by-address\";q=3;w=60"));
  CHECK(has_line(refused, "RateLimit: \"requests-by-address\";r=0;t=60"));
  CHECK(has_line(refused, "Retry-After: 20"));
  CHECK(has_line(refused, "Cache-Control: no-store"));
  CHECK(serving.backend.calls().size() == calls);
  CHECK(status_of(from("2001:db8:0:1::3")) == 200);
  // A trusted proxy that names nobody stands for many, and a private peer that names somebody may be one.
  for (int i = 0; i < 8; ++i) CHECK(status_of(from("")) == 200);
  settings.server.trusted_proxies = "";
  Serving unknown(settings);
  const auto through = kJsonType + kBearer + "X-Real-IP: 198.51.100.1\r\n";
  for (int i = 0; i < 8; ++i)
    CHECK(status_of(call(unknown.port(), "GetResults", through, session_body())) == 200);
  for (int i = 0; i < 4; ++i) {
    const auto reply = call(unknown.port(), "GetResults", kJsonType + kBearer, session_body());
    CHECK(status_of(reply) == (i < 3 ? 200 : 429));
  }
}

TEST_CASE("without rpc.cors_origins there is no preflight, and no header for pages") {
  Serving serving;
  RawClient client(serving.port());
  client.send(
      "OPTIONS /rpc/SendMessage HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  const auto reply = client.read_reply();
  CHECK(status_of(reply) == 405);
  CHECK(has_line(reply, "Allow: POST"));
  CHECK(reply.find("Access-Control") == std::string::npos);
}

TEST_CASE("a page of a listed origin is let in: preflight, replies and errors of every kind") {
  auto settings = rpc_settings();
  settings.rpc.cors_origins = "https://a.example, https://b.example";
  Serving serving(settings);
  const std::string origin = "Origin: https://b.example\r\n";
  const std::string allowed = "Access-Control-Allow-Origin: https://b.example";
  RawClient client(serving.port());
  client.send("OPTIONS /rpc/SendMessage HTTP/1.1\r\nHost: a\r\n" + origin +
              "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
  const auto preflight = client.read_reply();
  CHECK(status_of(preflight) == 200);
  CHECK(has_line(preflight, allowed));
  CHECK(has_line(preflight, "Access-Control-Allow-Methods: GET, HEAD, POST"));
  const auto at = preflight.find("Access-Control-Allow-Headers: ");
  const auto listed = ", " + preflight.substr(at + 30, preflight.find("\r\n", at) - at - 30) + ",";
  for (const std::string name : {"Accept", "Accept-Language", "Authorization", "Baggage", "Cache-Control",
                                 "Challenge-Proof", "Content-Type", "Idempotency-Key", "Last-Event-ID",
                                 "Sentry-Trace", "Traceparent", "Tracestate", "X-Request-Id"}) {
    CHECK_MESSAGE(listed.find(" " + name + ",") != std::string::npos, name);
  }
  CHECK(has_line(preflight, "Vary: Origin"));
  const auto good = call(serving.port(), "GetResults", kJsonType + kBearer + origin, session_body());
  CHECK(has_line(good, allowed));
  CHECK(has_line(good,
                 "Access-Control-Expose-Headers: Allow, RateLimit, RateLimit-Policy, Retry-After, "
                 "WWW-Authenticate, X-Request-Id"));
  CHECK(has_line(call(serving.port(), "GetResults", origin, ""), allowed));
  serving.backend.turn = [](const OnText&) -> SendMessageReply { throw std::runtime_error("x"); };
  const auto broken = call(serving.port(), "SendMessage", kJsonType + kBearer + origin, message_body());
  CHECK(status_of(broken) == 500);
  CHECK(has_line(broken, allowed));
  const auto other = call(serving.port(), "GetResults", kJsonType + kBearer + "Origin: https://c.example\r\n",
                          session_body());
  CHECK(status_of(other) == 200);
  CHECK(other.find("Access-Control") == std::string::npos);
  CHECK(has_line(other, "Vary: Origin"));
}

TEST_CASE("a page can read what refuses its request, wherever that is decided") {
  auto settings = rpc_settings();
  settings.rpc.cors_origins = "https://b.example";
  settings.server.head_timeout = 100ms;
  settings.server.body_timeout = 100ms;
  Serving serving(settings);
  const std::string origin = "Host: a\r\nOrigin: https://b.example\r\nX-Request-Id: mine\r\n";
  const std::string post = "POST /rpc/GetResults HTTP/1.1\r\n" + origin;
  const std::vector<std::pair<std::string, int>> rows{
      {"GET /none HTTP/1.1\r\n" + origin + "\r\n", 404},
      {"GET /rpc/GetResults HTTP/1.1\r\n" + origin + "\r\n", 405},
      {"OPTIONS /rpc/GetResults HTTP/1.1\r\n" + origin + "\r\n", 405},
      {post + "Content-Length: 99999999\r\n\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n9999999\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {post + "Content-Length: x\r\n\r\n", 400},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + origin + "\r\n", 414},
      {post + "Content-Length: 2\r\n\r\n{}", 415},
      {post + "Expect: tea\r\n\r\n", 417},
      {post + "X: " + std::string(40'000, 'x'), 431},
      {"BREW / HTTP/1.1\r\n" + origin + "\r\n", 501},
      {post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"GET / HTTP/2.0\r\n" + origin + "\r\n", 505},
      {post + "X: ", 408},
      {post + "Content-Length: 5\r\n\r\nhe", 408},
  };
  for (const auto& [bytes, status] : rows) {
    CAPTURE(bytes.substr(0, 200));
    RawClient client(serving.port());
    client.send(bytes);
    const auto reply = client.read_reply();
    CHECK(status_of(reply) == status);
    CHECK(has_line(reply, "Access-Control-Allow-Origin: https://b.example"));
    CHECK(reply.find("Access-Control-Expose-Headers: ") != std::string::npos);
    CHECK(has_line(reply, "Vary: Origin"));
    CHECK(has_line(reply, "X-Request-Id: mine"));
  }
  // A preflight passes whatever the path, so that the page can read the 404 behind it.
  RawClient client(serving.port());
  client.send("OPTIONS /none HTTP/1.1\r\n" + origin + "Access-Control-Request-Method: POST\r\n\r\n");
  const auto preflight = client.read_reply();
  CHECK(status_of(preflight) == 200);
  CHECK(has_line(preflight, "Access-Control-Allow-Origin: https://b.example"));
}

TEST_CASE("a page is told even that the service is full") {
  auto settings = rpc_settings();
  settings.rpc.cors_origins = "*";
  settings.server.waiting_max = 0;
  Serving serving(settings);
  const auto reply =
      call(serving.port(), "SendMessage", kJsonType + kBearer + "X-Request-Id: full\r\n", message_body());
  CHECK(status_of(reply) == 503);
  CHECK(has_line(reply, "Access-Control-Allow-Origin: *"));
  CHECK(has_line(reply, "X-Request-Id: full"));
  CHECK(serving.backend.calls().empty());
}

TEST_CASE("the document is served as it is made, and metrics know the routes") {
  Serving serving;
  const auto reply = get(serving.port(), "/openapi.json");
  CHECK(body_of(reply) == openapi(procedures(4000)));
  call(serving.port(), "GetResults", kJsonType + kBearer, session_body());
  CHECK(get(serving.port(), "/metrics").find("route=\"/rpc/GetResults\"") != std::string::npos);
}

}  // namespace
}  // namespace bigocean::server::rpc::procedures_test
