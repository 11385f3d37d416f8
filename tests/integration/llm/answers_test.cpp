// The adapter and an API that answers: text, usage, connections, TLS, many calls at once.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "tests/integration/llm/fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/llm/contract.hpp"

namespace answers_test {

using namespace bigocean;
using namespace bigocean::server::llm;
using namespace std::chrono_literals;
using test::failure_of;
using test::ModelAnswer;
using test::ModelFixture;

TEST_CASE("the adapter keeps to what every model keeps to") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  test::check_contract(model, ModelFixture::request());
  for (const auto& request : world.api.requests()) CHECK(request.faults == std::vector<std::string>{});
}

TEST_CASE("a reply has the text, what it used, why it ended and the API's id") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  ModelAnswer answer;
  answer.text = "Schöne Grüße 🌊, und \"mehr\".\n";
  answer.piece_bytes = 1;
  answer.thinking = "What would Nerin say?";
  answer.usage = {11, 22, 33, 0, 55};
  world.api.script({answer});
  const auto reply = model.complete(ModelFixture::request(), {});
  CHECK(reply.text == answer.text);
  CHECK(reply.usage == answer.usage);
  CHECK(reply.usage == world.api.billed());
  CHECK(reply.request_id == "req_1");
  using Stop = ChatReply::Stop;
  for (const auto& [reason, stop] : std::vector<std::pair<const char*, Stop>>{
           {"end_turn", Stop::kEnd}, {"max_tokens", Stop::kMaxTokens}, {"refusal", Stop::kRefusal}}) {
    answer.stop_reason = reason;
    world.api.script({answer});
    CHECK(model.complete(ModelFixture::request(), {}).stop == stop);
  }
}

TEST_CASE("what has a schema comes back as JSON, from the text alone") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  auto request = ModelFixture::request();
  request.purpose = ChatRequest::Purpose::kAnalysis;
  request.output_schema = R"({"type": "object", "properties": {"evidence": {"type": "array", "items":
      {"type": "object", "properties": {"facet": {"enum": ["trust"]}, "score": {"type": "integer"},
       "quote": {"type": "string"}}}}}})";
  request.messages.back().text = "I leave my door open.";
  const auto reply = model.complete(request, {});
  CHECK(nlohmann::json::parse(reply.text) ==
        nlohmann::json{
            {"evidence", {{{"facet", "trust"}, {"score", 10}, {"quote", "I leave my door open."}}}}});
}

TEST_CASE("text is handed on as it comes, not at the end") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  ModelAnswer answer;
  answer.silent_after = 900;  // some pieces, then nothing: only what came before can have been heard
  world.settings.silence_timeout = 300ms;
  world.api.script({answer});
  AnthropicModel impatient(world.settings, nullptr);
  std::string heard;
  const auto error = failure_of(impatient, ModelFixture::request(), [&](std::string_view text) {
    heard += text;
    return true;
  });
  CHECK(error.kind == ChatError::Kind::kTimedOut);
  CHECK_FALSE(heard.empty());
  CHECK(answer.text.starts_with(heard));
}

TEST_CASE("a connection is used again while it is good, and no longer") {
  ModelFixture world;
  SUBCASE("kept") {
    AnthropicModel model(world.settings, nullptr);
    for (int i = 0; i < 5; ++i) model.complete(ModelFixture::request(), {});
    CHECK(world.api.connections() == 1);
    CHECK(model.counts().requests == 5);
    CHECK(model.counts().connections == 1);
  }
  SUBCASE("kept behind an error too") {
    AnthropicModel model(world.settings, nullptr);
    ModelAnswer busy;
    busy.status = 529;
    busy.headers = {{"retry-after-ms", "1"}};
    world.api.script({busy});
    model.complete(ModelFixture::request(), {});
    CHECK(world.api.connections() == 1);
  }
  SUBCASE("closed by the API: seen before a request goes out") {
    AnthropicModel model(world.settings, nullptr);
    ModelAnswer closing;
    closing.headers = {{"x-any", "1"}};
    world.api.script({closing});
    model.complete(ModelFixture::request(), {});
    closing.closes = true;
    world.api.script({closing});
    model.complete(ModelFixture::request(), {});
    test::wait_until("the API to close", 10s, [&] { return world.api.open() == 0; });
    model.complete(ModelFixture::request(), {});
    CHECK(world.api.connections() == 2);
    CHECK(model.counts().retries == 0);
  }
  SUBCASE("too old") {
    world.settings.idle_timeout = 0ms;
    AnthropicModel model(world.settings, nullptr);
    for (int i = 0; i < 3; ++i) model.complete(ModelFixture::request(), {});
    CHECK(world.api.connections() == 3);
  }
  SUBCASE("no room") {
    world.settings.idle_max = 0;
    AnthropicModel model(world.settings, nullptr);
    for (int i = 0; i < 3; ++i) model.complete(ModelFixture::request(), {});
    CHECK(world.api.connections() == 3);
  }
}

TEST_CASE("600 conversations at once are all answered") {
  ModelFixture world;
  AnthropicModel model(world.settings, nullptr);
  ModelAnswer slow;
  slow.first_delay = 1s;
  world.api.script(std::vector<ModelAnswer>(600, slow));
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 600; ++i) {
    threads.emplace_back([&] {
      if (model.complete(ModelFixture::request(), {}).text == slow.text) ++answered;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(answered == 600);
  CHECK(world.api.count() == 600);
  test::wait_until("all but the idle ones to be closed", 10s, [&] { return world.api.open() <= 16; });
}

TEST_CASE("TLS: a certificate of an unknown authority is refused, a trusted one is not") {
  ModelFixture world;
  const test::TempDir folder;
  const auto key = folder.path() + "/key.pem", certificate = folder.path() + "/certificate.pem";
  test::make_certificate(key, certificate);
  const auto port = std::to_string(test::free_port());
  // HAProxy wants both in one file.
  const auto both = folder.write("both.pem", test::run({"cat", certificate, key}).out);
  const auto file = folder.write("haproxy.cfg",
                                 "defaults\n mode tcp\n timeout connect 10s\n timeout client 1m\n"
                                 " timeout server 1m\nlisten api\n bind 127.0.0.1:" +
                                     port + " ssl crt " + both +
                                     "\n server api 127.0.0.1:" + std::to_string(world.api.port()) + "\n");
  test::Process front({"haproxy", "-db", "-f", file});
  world.settings.base_url = "https://127.0.0.1:" + port;
  world.settings.retries_max = 0;
  AnthropicModel model(world.settings, nullptr);
  ChatError error = failure_of(model, ModelFixture::request());
  test::wait_until("the TLS front", 20s, [&] {
    error = failure_of(model, ModelFixture::request());
    return error.message.find("TLS") != std::string::npos;
  });
  CHECK(error.kind == ChatError::Kind::kUnreachable);
  CHECK(error.message.find("self-signed certificate") != std::string::npos);
  CHECK(error.usage == Usage{});
  CHECK(world.api.count() == 0);

  ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
  for (int i = 0; i < 2; ++i) CHECK(model.complete(ModelFixture::request(), {}).text == ModelAnswer{}.text);
  ::unsetenv("SSL_CERT_FILE");
  CHECK(model.counts().connections == 1);
}

}  // namespace answers_test
