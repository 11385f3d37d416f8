// Every procedure over a socket: what reaches the backend, what comes back, headers and errors.
#include "server/rpc/openapi.hpp"
#include "tests/integration/rpc/serving.hpp"
#include "tests/support/json_schema.hpp"

namespace bigocean::server::rpc {
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
      {"GetProfile", "", R"({"profileId":")" + kProfileId + "\"}", kProfileId + " - -"},
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
}

TEST_CASE("without rpc.cors_origins there is no preflight, and no header for pages") {
  Serving serving;
  RawClient client(serving.port());
  client.send("OPTIONS /rpc/SendMessage HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n");
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
  CHECK(has_line(preflight, "Access-Control-Allow-Methods: GET, POST"));
  CHECK(has_line(
      preflight,
      "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Accept"));
  CHECK(has_line(preflight, "Vary: Origin"));
  const auto good = call(serving.port(), "GetResults", kJsonType + kBearer + origin, session_body());
  CHECK(has_line(good, allowed));
  CHECK(has_line(good,
                 "Access-Control-Expose-Headers: RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"));
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
}  // namespace bigocean::server::rpc
