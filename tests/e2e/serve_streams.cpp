// Streams of a running service: a drain that ends before the answer, and a client that comes back after a
// restart.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/anthropic.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::serve_streams {
namespace {

using Json = nlohmann::json;

/// Answers in many pieces, one every `pause`.
AnthropicStandIn::Answerer slow(std::chrono::milliseconds pause) {
  return [pause](const ModelRequest&) {
    ModelAnswer answer{.text = std::string(400, 'w'), .usage = {.input_tokens = 100}};
    answer.piece_bytes = 1;
    answer.piece_delay = pause;
    return answer;
  };
}

/// A service with a model of the test's, and one session.
class Talking {
 public:
  Talking(AnthropicStandIn& model, const std::string& drain_timeout)
      : url_(shared_postgres().create_database()),
        environment_{{"DATABASE_URL", url_},
                     {"REDIS_URL", redis_.url()},
                     {"ANTHROPIC_API_KEY", model.key()},
                     {"ANTHROPIC_BASE_URL", model.url()},
                     {"BIGOCEAN_SERVER_DRAIN_TIMEOUT", drain_timeout},
                     {"BIGOCEAN_SERVER_DRAIN_QUIET", "0"}} {
    ProcessOptions options;
    options.environment = environment_;
    REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
    restart();
    const auto started = Json::parse(body_of(call("StartAssessment", "{}", "")));
    session_ = started["sessionId"];
    token_ = started["token"];
  }

  void restart() { serve_ = std::make_unique<Serve>(environment_); }
  Serve& serve() { return *serve_; }
  const std::string& url() const { return url_; }

  std::string session_json(const std::string& more = "") const {
    return R"({"sessionId":")" + session_ + "\"" + more + "}";
  }

  HttpCall request(const std::string& procedure, const std::string& body, const std::string& more) const {
    const auto bearer = token_.empty() ? "" : "Authorization: Bearer " + token_ + "\r\n";
    return {"POST", "/rpc/" + procedure, "Content-Type: application/json\r\n" + bearer + more, body};
  }
  std::string call(const std::string& procedure, const std::string& body, const std::string& more) const {
    return exchange(serve_->port(), request(procedure, body, more));
  }

  /// A message whose stream has begun; what was read of it is in `seen`.
  RawClient say(const std::string& key, std::string& seen) const {
    RawClient client(serve_->port());
    client.send(request("SendMessage", session_json(R"(,"message":"I sing.")"),
                        "Accept: text/event-stream\r\nIdempotency-Key: " + key + "\r\n")
                    .bytes());
    wait_until("the first piece", 20s, [&] {
      seen += client.read_available();
      return seen.find("event: delta") != std::string::npos;
    });
    return client;
  }

  std::string follow(const std::string& last_event_id) const {
    return exchange(serve_->port(), {.path = "/rpc/sessions/" + session_ + "/events",
                                     .headers = "Authorization: Bearer " + token_ +
                                                "\r\nLast-Event-ID: " + last_event_id + "\r\n"});
  }

 private:
  PrivateRedis redis_;
  std::string url_;
  Environment environment_;
  std::unique_ptr<Serve> serve_;
  std::string session_;
  std::string token_;
};

std::string last_id(const std::string& seen) {
  const auto at = seen.rfind("\nid: ") + 5;
  return seen.substr(at, seen.find('\n', at) - at);
}

std::string value(const std::string& url, const std::string& sql) { return query(url, sql).at(0).at(0); }

TEST_CASE("a stream that outlasts the drain is ended before it, told, and paid at what it used") {
  AnthropicStandIn model(slow(100ms));
  Talking talking(model, "2s");
  std::string seen;
  auto client = talking.say("key-1", seen);
  talking.serve().process().signal(SIGTERM);
  seen += client.read_to_end();
  const auto at = seen.find("event: problem\n");
  REQUIRE(at != std::string::npos);
  CHECK(seen.find("\"_tag\":\"ModelUnavailable\"", at) != std::string::npos);
  CHECK(seen.find("restarting", at) != std::string::npos);
  CHECK(seen.ends_with("0\r\n\r\n"));
  CHECK(talking.serve().process().wait().exit_code == 0);
  CHECK(value(talking.url(), "SELECT turn_ends_by IS NULL FROM sessions") == "t");
  CHECK(value(talking.url(), "SELECT outcome FROM ledger_entries") == "settled");
  CHECK(value(talking.url(), "SELECT cost < reserved FROM ledger_entries") == "t");
  CHECK(value(talking.url(), "SELECT sum(reserved) FROM service_budgets") == "0");

  // The next process answers the same message, once.
  talking.restart();
  CHECK(status_of(talking.follow(last_id(seen))) == 503);
}

TEST_CASE("who loses the stream finds the answer, on the same process and on the next one") {
  AnthropicStandIn model(slow(5ms));
  Talking talking(model, "20s");
  std::string seen;
  { auto lost = talking.say("key-1", seen); }
  const auto followed = talking.follow(last_id(seen));
  CHECK(status_of(followed) == 200);
  CHECK(followed.find("event: message\n") != std::string::npos);
  CHECK(followed.find("event: reset\n") == std::string::npos);
  CHECK(status_of(talking.follow(last_id(followed))) == 204);

  std::string more;
  { auto lost = talking.say("key-2", more); }
  talking.serve().process().signal(SIGTERM);
  CHECK(talking.serve().process().wait().exit_code == 0);
  CHECK(value(talking.url(), "SELECT count(*) FROM messages WHERE role = 'assistant'") == "3");
  talking.restart();
  const auto told = talking.follow(last_id(more));
  CHECK(told.find("event: delta\n") == std::string::npos);
  CHECK(told.find("event: message\n") != std::string::npos);
  CHECK(value(talking.url(), "SELECT count(*) FROM ledger_entries WHERE purpose = 'interview'") == "2");
}

TEST_CASE("an answer in silence is stopped at once when that is asked") {
  AnthropicStandIn model([](const ModelRequest&) {
    ModelAnswer answer{.usage = {.input_tokens = 100}};
    answer.silent_after = 400;
    return answer;
  });
  Talking talking(model, "5s");
  RawClient client(talking.serve().port());
  client.send(talking
                  .request("SendMessage", talking.session_json(R"(,"message":"I sing.")"),
                           "Accept: text/event-stream\r\n")
                  .bytes());
  wait_until("the model to be asked", 20s, [&] { return model.count() == 1; });
  CHECK(Json::parse(body_of(talking.call("CancelMessage", talking.session_json(), ""))) ==
        Json{{"cancelled", true}});
  std::string seen;
  wait_until("the client to be told", 20s, [&] {
    seen += client.read_available();
    return seen.find("MessageCancelled") != std::string::npos;
  });
  CHECK(value(talking.url(), "SELECT turn_ends_by IS NULL FROM sessions") == "t");
}

}  // namespace
}  // namespace bigocean::test::serve_streams
