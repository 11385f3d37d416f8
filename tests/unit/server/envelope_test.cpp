// Error events: what they contain, what they never contain, and their maximum size.
#include "server/observe/envelope.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/version.hpp"
#include "sql/postgres/connection.hpp"

namespace bigocean::server::observe::envelope_test {
namespace {

using nlohmann::json;

const Origin kOrigin{.release = "d0beb8f5", .environment = "production", .server = "replica-1"};
const SystemTime kTime = std::chrono::system_clock::from_time_t(1234567890) + std::chrono::milliseconds(250);

Event event_with(Failure failure) {
  return {.id = std::string(32, 'a'), .time = kTime, .failure = std::move(failure)};
}

Failure plain_failure() {
  return {.type = "std::runtime_error", .message = "broken", .place = "POST /rpc/x"};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

json payload_of(const std::string& envelope) {
  const auto first = envelope.find('\n');
  return json::parse(envelope.substr(envelope.find('\n', first + 1) + 1));
}

json written(const Event& event, const std::vector<config::Secret>& secrets = {}) {
  return payload_of(make_envelope(event, kOrigin, secrets, kTime));
}

TEST_CASE("an envelope is two headers and the event, byte for byte") {
  const auto envelope = make_envelope(event_with(plain_failure()), kOrigin, {}, kTime);
  const std::string event =
      R"({"event_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","timestamp":"2009-02-13T23:31:30.250Z",)"
      R"("platform":"native","level":"error","release":"d0beb8f5","environment":"production",)"
      R"("server_name":"replica-1","transaction":"POST /rpc/x","sdk":{"name":"bigocean","version":")" +
      std::string(base::version()) +
      R"("},)"
      R"("exception":{"values":[{"type":"std::runtime_error","value":"broken",)"
      R"("mechanism":{"type":"generic","handled":true}}]},"tags":{}})";
  CHECK(envelope == R"({"event_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","sent_at":"2009-02-13T23:31:30.250Z"})"
                    "\n"
                    R"({"type":"event","length":)" +
                        std::to_string(event.size()) + R"(,"content_type":"application/json"})" + "\n" +
                        event + "\n");
}

TEST_CASE("tags, trace, log lines and frames have their places") {
  auto failure = plain_failure();
  failure.tags = {{"route", "/rpc/x"}, {"request_id", "id-1"}, {"odd", "two\nlines"}};
  failure.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  failure.parent_span_id = "00f067aa0ba902b7";
  failure.trail = {
      {base::LogLevel::kWarn, kTime, "slow", {{"store", "redis"}, {"detail", "what a user wrote"}}}};
  auto event = event_with(failure);
  event.fatal = true;
  event.release = "earlier";
  event.frames = {{"0x2", "bigocean+0x2", "inner"}, {"0x1", "libc.so.6+0x1", ""}};
  const auto text = make_envelope(event, kOrigin, {}, kTime);
  const auto sent = payload_of(text);
  CHECK(sent["level"] == "fatal");
  CHECK(sent["release"] == "earlier");
  CHECK(sent["tags"]["route"] == "/rpc/x");
  CHECK(sent["tags"]["request_id"] == "id-1");
  CHECK(sent["tags"]["odd"] == "two lines");
  CHECK(sent["contexts"]["trace"]["trace_id"] == failure.trace_id);
  CHECK(sent["contexts"]["trace"]["parent_span_id"] == failure.parent_span_id);
  CHECK(sent["contexts"]["trace"]["span_id"].get<std::string>().size() == 16);
  const auto crumb = sent["breadcrumbs"]["values"][0];
  CHECK(crumb["level"] == "warning");
  CHECK(crumb["message"] == "slow");
  CHECK(crumb["data"] == json{{"store", "redis"}});
  CHECK_FALSE(has(text, "what a user wrote"));
  const auto frames = sent["exception"]["values"][0]["stacktrace"]["frames"];
  REQUIRE(frames.size() == 2);
  CHECK(frames[0]["function"] == "libc.so.6+0x1");  // the outermost first
  CHECK(frames[1]["function"] == "inner");
  CHECK(frames[1]["instruction_addr"] == "0x2");
}

TEST_CASE("no secret gets out, wherever it stands") {
  const std::vector<config::Secret> secrets{config::Secret("postgresql://app:hunter2hunter2@db/app"),
                                            config::Secret("sk-ant-0123456789")};
  auto failure = plain_failure();
  failure.type = "E hunter2hunter2";
  failure.message = "cannot reach postgresql://app:hunter2hunter2@db/app with sk-ant-0123456789";
  failure.place = "sk-ant-0123456789";
  failure.tags = {{"a", "hunter2hunter2"}};
  failure.trail = {{base::LogLevel::kInfo, kTime, "hunter2hunter2", {{"key", "sk-ant-0123456789"}}}};
  auto event = event_with(failure);
  event.frames = {{"hunter2hunter2", "hunter2hunter2", "hunter2hunter2"}};
  const auto envelope = make_envelope(event, kOrigin, secrets, kTime);
  CHECK_FALSE(has(envelope, "hunter2"));
  CHECK_FALSE(has(envelope, "0123456789"));
  CHECK(has(envelope, "cannot reach *** with ***"));
}

TEST_CASE("texts are shortened at whole characters, and an event stays below 1 MiB") {
  std::string wide;
  for (int i = 0; i < 300; ++i) wide += "\xc3\xa4";
  auto failure = plain_failure();
  failure.tags = {{"wide", wide}, {"exact", std::string(200, 'x')}, {"long", std::string(201, 'x')}};
  failure.message = std::string(3 << 20, 'm');
  const auto sent = written(event_with(failure));
  CHECK(sent["tags"]["wide"].get<std::string>() == wide.substr(0, 400));
  CHECK(sent["tags"]["exact"].get<std::string>().size() == 200);
  CHECK(sent["tags"]["long"].get<std::string>().size() == 200);
  CHECK(sent["exception"]["values"][0]["value"].get<std::string>().size() == 8192);

  // The worst: bytes that JSON writes as six.
  const std::string worst(1 << 20, '\x01');
  failure.message = failure.type = worst;
  failure.trail.assign(base::LogTrail::kLinesMax, {base::LogLevel::kInfo, kTime, worst, {}});
  for (auto& line : failure.trail) {
    for (int i = 0; i < 40; ++i) line.fields.emplace_back("field" + std::to_string(i), worst);
  }
  auto event = event_with(failure);
  event.frames.assign(200, {worst, worst, worst});
  const auto envelope = make_envelope(event, kOrigin, {}, kTime);
  CHECK(envelope.size() <= (1U << 20U) + 512);
  const auto frames = payload_of(envelope)["exception"]["values"][0]["stacktrace"]["frames"];
  CHECK(frames.size() == 50);
}

TEST_CASE("what is no UTF-8 is no obstacle") {
  auto failure = plain_failure();
  failure.message = "a\xff\xfe" + std::string(100, '\x80');
  failure.tags = {{"t", std::string(2000, '\x80')}};
  CHECK(written(event_with(failure))["exception"]["values"][0]["value"].get<std::string>().starts_with("a"));
}

TEST_CASE("ids are 32 hexadecimal digits, and none comes twice") {
  const auto one = new_event_id();
  CHECK(one.size() == 32);
  CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one != new_event_id());
}

TEST_CASE("release, environment and replica are the platform's, else our own") {
  config::Settings settings;
  settings.environment = config::Environment::kTest;
  auto origin = origin_of(settings);
  CHECK(origin.release.starts_with("bigocean@" + std::string(base::version()) + "+"));
  CHECK(origin.environment == "test");
  CHECK_FALSE(origin.server.empty());
  settings.railway.environment_name = "staging";
  settings.railway.git_commit_sha = "d0beb8f5";
  settings.railway.replica_id = "a02c";
  origin = origin_of(settings);
  CHECK(origin.release == "d0beb8f5");
  CHECK(origin.environment == "staging");
  CHECK(origin.server == "a02c");
}

TEST_CASE("an exception is described by its type and its first line") {
  const auto plain =
      failure_of(std::runtime_error("broken at https://key@host/1\nDETAIL: (what a user wrote)"));
  CHECK(plain.type == "std::runtime_error");
  CHECK(plain.message == "broken at https://***@host/1");
  sql::SqlError error(base::ExitCode::kSqlError, R"(invalid input syntax for type integer: "a user's text")");
  error.sqlstate = "22P02";
  CHECK(failure_of(error).type == "bigocean::sql::SqlError");
  CHECK(failure_of(error).message == R"(invalid input syntax for type integer: "***")");
  CHECK(failure_of(error).tags[0].second == "22P02");
  error.message = "invalid input syntax for type integer: \"first line\nsecond line\" (SQLSTATE 22P02)";
  CHECK(failure_of(error).message == R"(invalid input syntax for type integer: "***)");
  error.message = "the note 'what a user wrote' is too long";
  error.sqlstate = "P0001";
  CHECK(failure_of(error).message == "an exception that SQL raised itself");
  error.message = R"(relation "users" does not exist)";
  error.sqlstate = "42P01";
  CHECK(failure_of(error).message == R"(relation "users" does not exist)");
}

}  // namespace
}  // namespace bigocean::server::observe::envelope_test
