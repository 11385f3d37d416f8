// The traces of a running service: what is in them, what is not, and what happens when nobody takes them.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/anthropic.hpp"
#include "tests/support/otlp.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/span_tree.hpp"
#include "tests/support/stand_in.hpp"

namespace bigocean::test::serve_traces {
namespace {

using Json = nlohmann::json;

constexpr const char* kTraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kCallerSpan = "00f067aa0ba902b7";
/// Words that nothing but a person says.
constexpr const char* kSaid = "quetzalcoatl";
constexpr const char* kAnswered = "xylophone";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A service with traces, migrated, and a session in it.
class Service {
 public:
  explicit Service(Environment more) : environment_(std::move(more)) {
    environment_.insert({{"DATABASE_URL", shared_postgres().create_database()},
                         {"REDIS_URL", redis_.url()},
                         {"OTEL_BSP_SCHEDULE_DELAY", "50"},
                         {"BIGOCEAN_METRICS_TOKEN", "metrics-token"}});
    ProcessOptions options;
    options.environment = environment_;
    options.environment["BIGOCEAN_TRACES_EXPORTER"] = "none";
    REQUIRE(run({BIGOCEAN_BINARY, "migrate"}, options).exit_code == 0);
    serve_ = std::make_unique<Serve>(environment_);
    const auto started = Json::parse(body_of(call("StartAssessment", "{}")));
    session_ = started.at("sessionId");
    token_ = started.at("token");
  }

  std::string call(const std::string& procedure, const std::string& body, const std::string& more = "") {
    const auto bearer = token_.empty() ? "" : "Authorization: Bearer " + token_ + "\r\n";
    return exchange(serve_->port(), {"POST", "/rpc/" + procedure,
                                     "Content-Type: application/json\r\n" + bearer + more, body});
  }
  std::string say(const std::string& text, const std::string& more = "") {
    return call("SendMessage", Json{{"sessionId", session_}, {"message", text}}.dump(), more);
  }
  std::string metrics() {
    return exchange(serve_->port(), {"GET", "/metrics", "Authorization: Bearer metrics-token\r\n", ""});
  }
  double metric(const std::string& name) {
    const auto text = metrics();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }

  Serve& serve() { return *serve_; }
  const std::string& token() const { return token_; }
  const std::string& session() const { return session_; }

 private:
  PrivateRedis redis_;
  Environment environment_;
  std::unique_ptr<Serve> serve_;
  std::string session_;
  std::string token_;
};

std::string traceparent(const char* flags = "01") {
  return std::string("traceparent: 00-") + kTraceId + "-" + kCallerSpan + "-" + flags + "\r\n";
}

AnthropicStandIn::Answerer answering() {
  return [](const ModelRequest& request) {
    if (request.body.contains("output_config") || request.body.contains("output_format"))
      return AnthropicStandIn::default_answer(request);
    ModelAnswer answer{.text = std::string("You said a lot about the ") + kAnswered + ". What else?"};
    answer.usage = {.input_tokens = 321};
    return answer;
  };
}

TEST_CASE("a message is one trace: the caller's, the request, the model call with its cost, every store") {
  OtlpStandIn receiver;
  AnthropicStandIn model(answering());
  Service service(
      {{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url() + "/"},
       {"ANTHROPIC_API_KEY", model.key()},
       {"ANTHROPIC_BASE_URL", model.url()},
       {"OTEL_SERVICE_NAME", "big-ocean"},
       {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=sta%20ging"}});
  const auto reply = service.say(std::string("I dream of ") + kSaid + " every night, and of nothing else.",
                                 traceparent() + "tracestate: vendor=a\r\ntracestate: other=b\r\n" +
                                     "X-Request-Id: " + kSaid + "-id\r\nUser-Agent: " + kSaid + "-agent\r\n");
  REQUIRE(status_of(reply) == 200);
  receiver.wait_for("POST /rpc/SendMessage");
  // An analysis is due after some messages.
  while (find_span(receiver.spans(), "analysis") == nullptr && model.count() < 10)
    REQUIRE(status_of(service.say(std::string("I know every ") + kSaid + " by its name.")) == 200);
  receiver.wait_for("analysis");
  const auto spans = receiver.spans();
  CAPTURE(names_of(spans));

  const auto* request = find_span(spans, "POST /rpc/SendMessage");
  REQUIRE(request != nullptr);
  CHECK(request->trace_id == kTraceId);
  CHECK(request->parent_id == kCallerSpan);
  CHECK(request->state == "vendor=a,other=b");
  CHECK(request->flags == 0x301);
  CHECK(request->kind == 2);
  CHECK_FALSE(request->has_failed);
  CHECK(request->text("http.response.status_code") == "200");
  CHECK(request->text("http.route") == "/rpc/SendMessage");

  const auto inner = children_of(spans, *request);
  const auto chat = std::find_if(inner.begin(), inner.end(),
                                 [](const auto& span) { return span.name.starts_with("chat "); });
  REQUIRE(chat != inner.end());
  CHECK(chat->begin >= request->begin);
  CHECK(chat->kind == 3);
  CHECK(chat->text("gen_ai.operation.name") == "chat");
  CHECK(chat->text("gen_ai.provider.name") == "anthropic");
  CHECK(chat->name == "chat " + chat->text("gen_ai.request.model"));
  CHECK(chat->text("gen_ai.usage.input_tokens") == "321");
  CHECK(std::stoll(chat->text("gen_ai.usage.output_tokens")) > 0);
  CHECK(std::stoll(chat->text("bigocean.cost.nanodollars")) > 0);
  CHECK(chat->attributes["gen_ai.response.finish_reasons"] == Json::array({"end_turn"}));
  CHECK(chat->attributes["gen_ai.response.time_to_first_chunk"].is_number());

  const auto sent = children_of(spans, *chat);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].name == "POST");
  CHECK(sent[0].text("http.response.status_code") == "200");
  CHECK(sent[0].text("server.address") == "127.0.0.1");
  // What the model's API got leads back to that very span.
  const auto asked = model.requests().at(0).head;
  CHECK_MESSAGE(has(asked, std::string("traceparent: 00-") + kTraceId + "-" + sent[0].id + "-01\r\n"), asked);
  CHECK(has(asked, "tracestate: vendor=a,other=b\r\n"));

  for (const auto& [system, least] : {std::pair{"postgresql", 3}, std::pair{"redis", 1}}) {
    const auto of_store = std::count_if(inner.begin(), inner.end(), [&, name = system](const auto& span) {
      return span.text("db.system.name") == name && span.kind == 3 && !span.text("server.port").empty();
    });
    CHECK_MESSAGE(of_store >= least, system);
  }
  const auto* stored = find_span(inner, "BATCH INSERT messages");
  REQUIRE(stored != nullptr);
  CHECK(has(stored->text("db.query.text"), "INSERT INTO messages"));
  CHECK(has(stored->text("db.query.text"), "$1"));

  // An analysis runs after the reply, in a trace of its own, with its call to the model.
  const auto* analysis = find_span(spans, "analysis");
  REQUIRE(analysis != nullptr);
  CHECK(analysis->trace_id != kTraceId);
  CHECK(analysis->parent_id.empty());
  const auto of_analysis = children_of(spans, *analysis);
  const auto call = std::find_if(of_analysis.begin(), of_analysis.end(),
                                 [](const auto& span) { return span.name.starts_with("chat "); });
  REQUIRE(call != of_analysis.end());
  CHECK(call->text("bigocean.model.purpose") == "analysis");
  CHECK(call->text("gen_ai.output.type") == "json");

  const auto resource = receiver.resource();
  CHECK(resource["service.name"] == "big-ocean");
  CHECK(resource["deployment.environment.name"] == "sta ging");

  // Nothing of what people say, or may say, and no secret.
  for (const auto& sent_request : receiver.requests()) {
    CHECK(sent_request.target == "/v1/traces");
    for (const auto& word :
         {std::string(kSaid), std::string(kAnswered), service.token(), service.session(), model.key()})
      CHECK_MESSAGE(!has(sent_request.body, word), word);
  }
  CHECK(otlp_faults(receiver.requests()) == "");
}

TEST_CASE("paths, methods and queries that a client makes up stay here") {
  OtlpStandIn receiver;
  Service service({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.url() + "/own/path"},
                   {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"},
                   {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc%2C1,x-team=core"}});
  const auto port = service.serve().port();
  const std::string word = kSaid;
  exchange(port, {"GET", "/" + word + "?" + word, "", ""});
  exchange(port, {"GET", "/rpc/sessions/" + word + "/events", "", ""});
  RawClient client(port);
  client.send("BREW /" + word + " HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_reply();
  RawClient broken(port);
  broken.send("GET /" + word + " HTTP/1.1\r\nHost: x\r\n" + word + "\r\n\r\n");
  broken.read_reply();
  exchange(port, {"GET", "/health", "", ""});
  receiver.wait_for("GET");
  receiver.wait_for("HTTP");
  const auto spans = receiver.spans();
  CAPTURE(names_of(spans));
  CHECK(find_span(spans, "GET /rpc/sessions/{sessionId}/events") != nullptr);
  // What platforms ask all day would hide the rest.
  for (const auto& span : spans) CHECK_FALSE(has(span.name, "/health"));
  for (const auto& request : receiver.requests()) {
    CHECK(request.target == "/own/path");
    CHECK(has(request.head, "\r\nauthorization: Bearer abc,1\r\n"));
    CHECK(has(request.head, "\r\nx-team: core\r\n"));
    CHECK_FALSE(has(request.body, word));
    CHECK_FALSE(has(request.body, "BREW"));
  }
  CHECK(otlp_faults(receiver.requests()) == "");
}

TEST_CASE("a caller that does not record is followed: no span, and its ids go on") {
  OtlpStandIn receiver;
  AnthropicStandIn model(answering());
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()},
                   {"ANTHROPIC_API_KEY", model.key()},
                   {"ANTHROPIC_BASE_URL", model.url()}});
  REQUIRE(status_of(service.say("I sing.", traceparent("00"))) == 200);
  CHECK(has(model.requests().at(0).head,
            std::string("traceparent: 00-") + kTraceId + "-" + kCallerSpan + "-00\r\n"));
  REQUIRE(status_of(service.say("I sing more.")) == 200);
  receiver.wait_for("POST /rpc/SendMessage");
  for (const auto& span : receiver.spans()) CHECK(span.trace_id != kTraceId);
}

TEST_CASE("without propagators no ids come in or go out") {
  OtlpStandIn receiver;
  AnthropicStandIn model(answering());
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()},
                   {"OTEL_PROPAGATORS", "none"},
                   {"ANTHROPIC_API_KEY", model.key()},
                   {"ANTHROPIC_BASE_URL", model.url()}});
  REQUIRE(status_of(service.say("I sing.", traceparent())) == 200);
  CHECK_FALSE(has(model.requests().at(0).head, "traceparent"));
  CHECK(receiver.wait_for("POST /rpc/SendMessage").trace_id != kTraceId);
}

TEST_CASE("a failure is marked where it happened") {
  OtlpStandIn receiver;
  AnthropicStandIn model(answering());
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()},
                   {"BIGOCEAN_ANTHROPIC_RETRIES_MAX", "1"},
                   {"ANTHROPIC_API_KEY", model.key()},
                   {"ANTHROPIC_BASE_URL", model.url()}});
  model.script({ModelAnswer{.status = 529}, ModelAnswer{.status = 529}});
  service.say("I sing.");
  receiver.wait_for("POST /rpc/SendMessage");
  const auto spans = receiver.spans();
  std::vector<ReceivedSpan> attempts;
  for (const auto& span : spans) {
    if (span.name == "POST") attempts.push_back(span);
    if (!span.name.starts_with("chat ")) continue;
    CHECK(span.has_failed);
    CHECK(span.text("error.type") == "overloaded");
  }
  REQUIRE(attempts.size() == 2);
  for (const auto& attempt : attempts) {
    CHECK(attempt.has_failed);
    CHECK(attempt.text("error.type") == "529");
  }
  CHECK(attempts[0].text("http.request.resend_count") == "");
  CHECK(attempts[1].text("http.request.resend_count") == "1");
  CHECK(otlp_faults(receiver.requests()) == "");
}

TEST_CASE("a receiver that says nothing, refuses or is not there delays no request and no end") {
  const StandIn silent(Habit::kSilent);
  const auto nobody = "http://127.0.0.1:" + std::to_string(free_port());
  OtlpStandIn refusing({"400 Bad"});
  for (const auto& url : {"http://127.0.0.1:" + std::to_string(silent.port()), nobody, refusing.url()}) {
    CAPTURE(url);
    Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", url},
                     {"OTEL_BSP_MAX_QUEUE_SIZE", "10"},
                     {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5"},
                     {"OTEL_EXPORTER_OTLP_TIMEOUT", "60000"}});
    for (int i = 0; i < 30; ++i) CHECK(status_of(service.say("I sing.")) < 500);
    const auto lost = [&] {
      return service.metric(R"(bigocean_trace_spans_total{result="dropped"})") +
             service.metric(R"(bigocean_trace_spans_total{result="undelivered"})");
    };
    wait_until("losses to be counted", 20s, [&] { return lost() > 0; });
    CHECK(service.metric(R"(bigocean_trace_spans_total{result="sent"})") == 0);
    auto& process = service.serve().process();
    process.signal(SIGTERM);
    const auto finished = process.wait();
    CHECK(finished.exit_code == 0);
    CHECK(has(finished.out, "spans were lost"));
  }
  CHECK(refusing.requests().size() > 0);
}

TEST_CASE("what the protocol lets a client repeat is repeated; the rest is counted") {
  OtlpStandIn receiver({"503 Busy", "429 Slow\r\nRetry-After: 1", "502 Bad",
                        "200 OK\r\nContent-Type: application/json\r\n\r\n"
                        R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})",
                        "200 OK"});
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}});
  wait_until("four requests", 20s, [&] { return receiver.requests().size() >= 4; });
  const auto requests = receiver.requests();
  for (std::size_t i = 1; i < 4; ++i) CHECK(requests[i].body == requests[0].body);
  wait_until("the answer to be counted", 20s,
             [&] { return service.metric(R"(bigocean_trace_spans_total{result="rejected"})") == 1; });
  service.say("I sing.");
  wait_until("spans to be taken", 20s,
             [&] { return service.metric(R"(bigocean_trace_spans_total{result="sent"})") > 0; });
  CHECK(service.metric(R"(bigocean_trace_spans_total{result="undelivered"})") == 0);
  CHECK(service.metric(R"(bigocean_trace_spans_total{result="rejected"})") == 1);
}

TEST_CASE("beyond traces.spans_max whole traces are left out, and counted") {
  OtlpStandIn receiver;
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"BIGOCEAN_TRACES_SPANS_MAX", "20"}});
  for (int i = 0; i < 40; ++i) service.say("I sing.");
  wait_until("some to be left out", 20s,
             [&] { return service.metric("bigocean_traces_left_out_total") > 0; });
  // Every span that came has its parent: a trace is there as a whole or not at all.
  service.serve().process().signal(SIGTERM);
  service.serve().process().wait();
  const auto spans = receiver.spans();
  CHECK(spans.size() < 40);
  for (const auto& span : spans) {
    if (span.parent_id.empty()) continue;
    const bool is_there = std::any_of(spans.begin(), spans.end(),
                                      [&](const auto& other) { return other.id == span.parent_id; });
    CHECK_MESSAGE(is_there, span.name);
  }
}

TEST_CASE("what platforms ask all day is no trace that was left out") {
  OtlpStandIn receiver;
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"BIGOCEAN_TRACES_SPANS_MAX", "2"}});
  receiver.wait_for("POST /rpc/StartAssessment");
  for (int i = 0; i < 30; ++i) get(service.serve().port(), "/health");
  service.serve().process().signal(SIGTERM);
  CHECK_FALSE(has(service.serve().process().wait().out, "spans were lost"));
}

TEST_CASE("what ends the process sends what is left") {
  OtlpStandIn receiver;
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}, {"OTEL_BSP_SCHEDULE_DELAY", "60000"}});
  REQUIRE(status_of(service.say("I sing.")) == 200);
  service.serve().process().signal(SIGTERM);
  service.serve().process().wait();
  CHECK(find_span(receiver.spans(), "POST /rpc/SendMessage") != nullptr);
}

TEST_CASE("the check of spans finds what it is there for") {
  OtlpStandIn receiver;
  Service service({{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()}});
  receiver.wait_for("POST /rpc/StartAssessment");
  const auto good = receiver.requests().front();
  for (const auto& [from, to] :
       {std::pair{R"("kind":3)", R"("kind":"SPAN_KIND_CLIENT")"}, std::pair{R"("flags")", R"("flag")"},
        std::pair{"db.system.name", "db.sistem.name"}, std::pair{R"("spanId":")", R"("spanId":"Z)"},
        std::pair{R"("intValue")", R"("integerValue")"}}) {
    auto bad = good;
    const auto at = bad.body.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    bad.body.replace(at, std::string(from).size(), to);
    CHECK_MESSAGE(otlp_faults({bad}) != "", from);
  }
}

}  // namespace
}  // namespace bigocean::test::serve_traces
