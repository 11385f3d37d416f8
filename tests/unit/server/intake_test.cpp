// Requests from bytes that arrive in any pieces; chunked bodies.
#include "server/http/intake.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace bigocean::server::http::intake_test {
namespace {

constexpr Parser::Limits kLimits{.head_bytes_max = 200, .body_bytes_max = 20};
using State = Intake::State;

const std::string kGet = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kPost = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked =
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nhel\r\n2;ext=\"v\"\r\nlo\r\n0\r\nTrailer: t\r\n\r\n";

/// Method, path and body of the request that has been gathered.
std::string taken_from(Intake& intake) {
  const Request request = intake.take_request();
  return request.method + " " + request.path + " " + request.body;
}

State feed_all(Intake& intake, const std::string& bytes) { return intake.feed(bytes); }

int refused_with(const std::string& bytes) {
  Intake intake(kLimits);
  return feed_all(intake, bytes) == State::kRefused ? intake.refusal().status : 0;
}

TEST_CASE("a request comes out the same however its bytes are cut") {
  for (const auto& [sent, seen] : {std::pair<std::string, std::string>{kGet, "GET /health "},
                                   {kPost, "POST /x hello"},
                                   {kChunked, "POST /x hello"}}) {
    for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
      CAPTURE(cut);
      Intake intake(kLimits);
      intake.feed(std::string_view(sent).substr(0, cut));
      REQUIRE(intake.feed(std::string_view(sent).substr(cut)) == State::kReady);
      CHECK(taken_from(intake) == seen);
      CHECK_FALSE(intake.has_more());
    }
    Intake byte_by_byte(kLimits);
    for (std::size_t i = 0; i + 1 < sent.size(); ++i) {
      const auto state = byte_by_byte.feed(std::string_view(sent).substr(i, 1));
      REQUIRE((state == State::kHead || state == State::kBody));
    }
    CHECK(byte_by_byte.feed(std::string_view(sent).substr(sent.size() - 1)) == State::kReady);
    CHECK(taken_from(byte_by_byte) == seen);
  }
}

TEST_CASE("pipelined requests come out one after the other") {
  Intake intake(kLimits);
  REQUIRE(intake.feed(kPost + "\r\n" + kChunked + kGet + "GET /h") == State::kReady);
  CHECK(taken_from(intake) == "POST /x hello");
  REQUIRE(intake.next() == State::kReady);
  CHECK(taken_from(intake) == "POST /x hello");
  REQUIRE(intake.next() == State::kReady);
  CHECK(taken_from(intake) == "GET /health ");
  CHECK(intake.next() == State::kHead);
  CHECK(intake.feed("x HTTP/1.1\r\nHost: a\r\n\r\n") == State::kReady);
  CHECK(intake.head().request.path == "/hx");
  CHECK(intake.next() == State::kEmpty);
}

TEST_CASE("limits of head and body") {
  CHECK(refused_with("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'x')) == 431);
  CHECK(refused_with("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'x') + "\r\n\r\n") == 431);
  CHECK(refused_with("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n") == 413);
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(refused_with(head + "15\r\n") == 413);
  CHECK(refused_with(head + "ffffffffffffffffff\r\n") == 400);
  CHECK(refused_with(head + "a\r\n0123456789\r\na\r\n0123456789\r\n1\r\n") == 413);
  CHECK(refused_with(head + "a\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n") == 0);
}

TEST_CASE("malformed chunks are refused") {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body : {"\r\n", "x\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "1 \r\na\r\n", "0x1\r\n",
                                 "1\na\r\n", "1\r\nab\r\n", "1\r\na\n", "1\ra\r\n", "1\r\na\rb"}) {
    CAPTURE(body);
    CHECK(refused_with(head + body + "\r\n0\r\n\r\n") == 400);
  }
  CHECK(refused_with(head + "1;" + std::string(10000, 'e')) == 400);
  std::string trailers = head + "0\r\n";
  for (int i = 0; i < 200; ++i) trailers += "T: " + std::string(100, 't') + "\r\n";
  CHECK(refused_with(trailers) == 400);
}

TEST_CASE("a request line that is too short is refused") {
  for (const char* head :
       {"\r\n\r\n\r\nG\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / a\r\n\r\n", "GET / HTTP\r\n\r\n"}) {
    CAPTURE(head);
    CHECK(refused_with(head) == 400);
  }
}

TEST_CASE("a broken line end is refused at once, not by time-out") {
  CHECK(refused_with("GET / HTTP/1.1\nHost: a\n") == 400);
  Intake intake(kLimits);
  CHECK(intake.feed("GET / HTTP/1.1\r") == State::kHead);
  CHECK(intake.feed("\nHost: a\r") == State::kHead);
  CHECK(intake.feed("x") == State::kRefused);
}

TEST_CASE("100 Continue is asked for once, and not when the body has begun") {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  Intake intake(kLimits);
  CHECK(intake.feed(head) == State::kBody);
  CHECK(intake.take_continue());
  CHECK_FALSE(intake.take_continue());
  CHECK(intake.feed("hello") == State::kReady);
  Intake eager(kLimits);
  CHECK(eager.feed(head + "he") == State::kBody);
  CHECK_FALSE(eager.take_continue());
}

}  // namespace
}  // namespace bigocean::server::http::intake_test
