// Bodies checked against the table: what is accepted, and every fault of what is not.
#include "server/product/rpc/input.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/product/rpc/procedures.hpp"
#include "tests/support/rpc_backend.hpp"

namespace bigocean::server::rpc::input_test {
namespace {

using namespace std::string_literals;
using test::kSessionId;

const Schema& request_of(std::string_view name) {
  static const auto table = procedures(10);
  for (const auto& procedure : table) {
    if (procedure.name == name) return procedure.request;
  }
  throw std::logic_error("no such procedure");
}

/// The faults as "pointer detail", one a line.
std::string faults_of(std::string_view procedure, const std::string& body) {
  std::vector<Fault> faults;
  read_input(request_of(procedure), body, faults);
  std::string text;
  for (const auto& fault : faults) text += fault.pointer + " " + fault.detail + "\n";
  return text;
}

std::string send(const std::string& message) {
  return R"({"sessionId":")" + kSessionId + R"(","message":")" + message + "\"}";
}

TEST_CASE("what is right comes through as it is") {
  std::vector<Fault> faults;
  const auto input = read_input(request_of("SendMessage"), send(R"(a\u00e9\n\t\ud83d\ude00 \"q)"), faults);
  REQUIRE(faults.empty());
  CHECK(input.text("message") == "a\xC3\xA9\n\t\xF0\x9F\x98\x80 \"q");
  CHECK(input.text("sessionId") == kSessionId);
  CHECK_FALSE(input.optional_text("nothing"));
  CHECK_THROWS_AS(input.text("nothing"), std::out_of_range);
}

TEST_CASE("ids are read in either case, and handed on in lower case") {
  std::vector<Fault> faults;
  const auto input =
      read_input(request_of("GetResults"), R"({"sessionId":"0B4E7F3C-5D1A-4A53-9F57-2F6C1F0A9D11"})", faults);
  REQUIRE(faults.empty());
  CHECK(input.text("sessionId") == kSessionId);
}

TEST_CASE("an optional member may be missing, and nothing else") {
  CHECK(faults_of("StartAssessment", "{}").empty());
  CHECK(faults_of("StartAssessment", "\xEF\xBB\xBF {} \n").empty());
  CHECK(faults_of("SendMessage", "{}") == "/sessionId is missing\n/message is missing\n");
}

TEST_CASE("lengths count code points") {
  const std::string wide = R"(\ud83d\ude00)";
  std::string ten;
  for (int i = 0; i < 10; ++i) ten += wide;
  CHECK(faults_of("SendMessage", send(ten)).empty());
  CHECK(faults_of("SendMessage", send("0123456789")).empty());
  CHECK(faults_of("SendMessage", send(ten + "x")) ==
        "/message has 11 characters (Unicode code points), 10 are allowed\n");
  CHECK(faults_of("SendMessage", send("")) == "/message is empty\n");
}

TEST_CASE("a text of blanks, and control characters, are refused") {
  CHECK(faults_of("SendMessage", send(R"( \n\t\u3000)")) ==
        "/message has only white space and invisible characters\n");
  CHECK(faults_of("SendMessage", send(R"(\u200b\u200d\ufeff\u2060)")) ==
        "/message has only white space and invisible characters\n");
  CHECK(faults_of("SendMessage", send(R"(I am \u202egood)")) ==
        "/message has the control character U+202E, its character 6\n");
  CHECK(faults_of("SendMessage", send(R"(ab\u0000)")) ==
        "/message has the control character U+0000, its character 3\n");
  CHECK(faults_of("SendMessage", send(R"(\r\n)")) ==
        "/message has only white space and invisible characters\n");
  CHECK(faults_of("SendMessage", send(R"(a\u0085)")) ==
        "/message has the control character U+0085, its character 2\n");
  CHECK(faults_of("StartAssessment", R"({"displayName":"A\nB"})") ==
        "/displayName has the control character U+000A, its character 2\n");
  CHECK(faults_of("StartAssessment", R"({"displayName":"\u202eA"})") ==
        "/displayName has the control character U+202E, its character 1\n");
  CHECK(faults_of("StartAssessment", R"({"displayName":"\u200b"})") ==
        "/displayName has only white space and invisible characters\n");
}

TEST_CASE("every fault is told, in one go") {
  CHECK(faults_of("SendMessage",
                  R"({"sessionid":"x","message":7,"a/b~c":null,"message":"y","Message":[[1]]})") ==
        "/sessionid is unknown (did you mean `sessionId`?)\n"
        "/message must be text, and is a number\n"
        "/a~1b~0c is unknown\n"
        "/message is given more than once\n"
        "/Message is unknown (did you mean `message`?)\n"
        "/sessionId is missing\n");
}

TEST_CASE("each kind of value is named where text is wanted") {
  for (const auto& [json, name] :
       std::vector<std::pair<std::string, std::string>>{{"1", "a number"},
                                                        {"-1.5e300", "a number"},
                                                        {"18446744073709551616", "a number"},
                                                        {"true", "a boolean"},
                                                        {"null", "null"},
                                                        {"[]", "a list"},
                                                        {R"(["x"])", "a list"},
                                                        {"{}", "an object"},
                                                        {R"({"a":"b","a":"c"})", "an object"}}) {
    CHECK(faults_of("GetProfile", "{\"profileId\":" + json + "}") ==
          "/profileId must be text, and is " + name + "\n");
  }
}

TEST_CASE("ids have one form") {
  for (const std::string id :
       {"", "x", "0b4e7f3c5d1a4a539f572f6c1f0a9d11", "0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d1g",
        "{0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11}", "0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d111"}) {
    CHECK(faults_of("GetResults", R"({"sessionId":")" + id + "\"}").starts_with("/sessionId must be a UUID"));
  }
  for (const auto& id : {""s, std::string(42, 'a'), std::string(44, 'a'), std::string(42, 'a') + "+",
                         std::string(42, 'a') + "="}) {
    CHECK(faults_of("GetProfile", R"({"profileId":")" + id + "\"}") ==
          "/profileId must be 43 characters of base64url\n");
  }
}

TEST_CASE("what is no JSON object is told with its place") {
  const auto wrong = [](const std::string& body) { return faults_of("StartAssessment", body); };
  CHECK(wrong("") == " is empty, but must be a JSON object\n");
  CHECK(wrong("[]") == " must be a JSON object\n");
  CHECK(wrong("\"x\"") == " must be a JSON object\n");
  CHECK(wrong("null") == " must be a JSON object\n");
  CHECK(wrong("1") == " must be a JSON object\n");
  CHECK(wrong("{") == " is not JSON from byte 2 on\n");
  CHECK(wrong("{} x") == " is not JSON from byte 4 on\n");
  CHECK(wrong("{'a':1}") == " is not JSON from byte 2 on\n");
  CHECK(wrong(R"({"a":1,})") == " is not JSON from byte 8 on\n");
  CHECK(wrong(R"({"a":NaN})") == " is not JSON from byte 6 on\n");
  CHECK(wrong("/**/{}") == " is not JSON from byte 1 on\n");
  CHECK(wrong("{\"a\":\"\xFF\"}") == " is not UTF-8 at byte 7\n");
  CHECK(wrong("{\"a\":\"\xED\xA0\x80\"}") == " is not UTF-8 at byte 7\n");
  CHECK(wrong("\xFF\xFE{\0}\0"s) == " is not UTF-8 at byte 1\n");
  CHECK(wrong("{\"a\":\"x\ny\"}").starts_with(" is not JSON from byte 8"));
  CHECK(wrong(R"({"a":"\ud800"})").starts_with(" has half a surrogate pair"));
  CHECK(wrong(R"({"a":"\udc00"})").starts_with(" has half a surrogate pair"));
  CHECK(wrong(R"({"a":"\ud800\u0041"})").starts_with(" has half a surrogate pair"));
  CHECK(wrong(R"({"a":1e999})").starts_with(" has a number that is too large, before byte "));
}

TEST_CASE("depth and number of members have limits, and faults do not repeat long names") {
  const auto wrong = [](const std::string& body) { return faults_of("StartAssessment", body); };
  CHECK(wrong("{\"a\":" + std::string(500'000, '[')) == " is nested more than 16 deep\n");
  CHECK(wrong(std::string(500'000, '[')) == " must be a JSON object\n");
  std::string many;
  for (int i = 0; i < 65; ++i) many += (i == 0 ? "{\"x" : ",\"x") + std::to_string(i) + "\":1";
  CHECK(wrong(many + "}") == " has more than 64 members\n");
  CHECK(wrong("{\"" + std::string(100'000, 'x') + "\":1}") ==
        " has an unknown member with a name of 100000 bytes\n");
}

TEST_CASE("an Idempotency-Key is 1 to 200 visible characters, once") {
  const auto faults_with = [](const http::Headers& headers) {
    std::vector<Fault> faults;
    read_idempotency_key(headers, faults);
    return faults.empty() ? "" : faults.front().header + " " + faults.front().detail;
  };
  CHECK(faults_with({}).empty());
  CHECK(faults_with({{"idempotency-key", std::string(200, '~')}}).empty());
  const std::string wrong = "Idempotency-Key must be 1 to 200 visible ASCII characters";
  CHECK(faults_with({{"Idempotency-Key", ""}}) == wrong);
  CHECK(faults_with({{"Idempotency-Key", std::string(201, 'a')}}) == wrong);
  CHECK(faults_with({{"Idempotency-Key", "a b"}}) == wrong);
  CHECK(faults_with({{"Idempotency-Key", "\xC3\xA9"}}) == wrong);
  CHECK(faults_with({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}) ==
        "Idempotency-Key is given more than once");
}

TEST_CASE("no valid body is longer than the limit says") {
  const auto& schema = request_of("SendMessage");
  std::string longest;
  for (int i = 0; i < 10; ++i) longest += R"(\ud83d\ude00)";
  CHECK(send(longest).size() < request_bytes_max(schema));
}

}  // namespace
}  // namespace bigocean::server::rpc::input_test
