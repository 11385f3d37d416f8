// The guard: what it refuses, and what it hands on.
#include "server/http/guard.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace bigocean::server::http {
namespace {

using namespace std::string_literals;

constexpr std::size_t kBodyMax = 1000;

TEST_CASE("every refused shape has its status") {
  struct Row {
    std::string head;
    int status;
  };
  const std::string host = "Host: a\r\n";
  const std::vector<Row> rows{
      {"GET / HTTP/1.1\nHost: a\n\n", 400},                   // LF alone
      {"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},       // one LF alone
      {"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},       // CR alone
      {"GET / HTTP/1.1\r\n\r\n", 400},                        // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  // two
      {"GET /\r\n" + host + "\r\n", 400},                     // HTTP/0.9
      {"GET  / HTTP/1.1\r\n" + host + "\r\n", 400},           // two spaces
      {"GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},         // a space in the target
      {"GET a HTTP/1.1\r\n" + host + "\r\n", 400},            // neither path nor *
      {"GET http://x/ HTTP/1.1\r\n" + host + "\r\n", 400},    // a proxy's form
      {"G@T / HTTP/1.1\r\n" + host + "\r\n", 400},            // not a token
      {" GET / HTTP/1.1\r\n" + host + "\r\n", 400},           // a space in front
      {"BREW / HTTP/1.1\r\n" + host + "\r\n", 501},           // unknown
      {"CONNECT / HTTP/1.1\r\n" + host + "\r\n", 501},        //
      {"get / HTTP/1.1\r\n" + host + "\r\n", 501},            // methods are case-sensitive
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 505},            //
      {"GET / HTTP/1.2\r\n" + host + "\r\n", 505},            //
      {"GET / http/1.1\r\n" + host + "\r\n", 400},            //
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
      {"GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", 400},                // no colon
      {"GET / HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400},            // space before the colon
      {"GET / HTTP/1.1\r\n" + host + "X: y\r\n folded\r\n\r\n", 400},  // folded line
      {"GET / HTTP/1.1\r\n" + host + ": y\r\n\r\n", 400},              // no name
      {"GET / HTTP/1.1\r\n" + host + "X: a\0b\r\n\r\n"s, 400},         // NUL
      {"GET / HTTP/1.1\r\n" + host + "X: a\x01" + "b\r\n\r\n", 400},   // control character
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1001\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\n", 400},  // a body on GET
      {"HEAD / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\n" + host + "Expect: tea\r\n\r\n", 417},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    const auto result = read_head(row.head, kBodyMax);
    const auto* refusal = std::get_if<Refusal>(&result);
    REQUIRE(refusal != nullptr);
    CHECK(refusal->status == row.status);
    CHECK_FALSE(refusal->detail.empty());
  }
}

Head accept(const std::string& head) {
  auto result = read_head(head, kBodyMax);
  REQUIRE_MESSAGE(std::holds_alternative<Head>(result), head);
  return std::get<Head>(std::move(result));
}

TEST_CASE("what the router gets is free of framing, connection, ranges and compression") {
  const Head head = accept(
      "POST /a/b?c=d HTTP/1.1\r\nHost: any.example\r\nContent-Length: 12\r\nConnection: keep-alive\r\n"
      "Accept-Encoding: gzip\r\nRange: bytes=0-1\r\nX-Trace:  \t a b \t\r\nExpect: 100-Continue\r\n\r\n");
  CHECK(head.method == "POST");
  CHECK(head.path == "/a/b");
  CHECK(head.content_length == 12);
  CHECK(head.expects_continue);
  CHECK(head.keep_alive);
  CHECK(head.forwarded == "POST /a/b?c=d HTTP/1.1\r\nHost: any.example\r\nX-Trace: a b\r\n");
}

TEST_CASE("keep-alive follows version and Connection header") {
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST_CASE("harmless oddities pass") {
  CHECK(accept("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n").path == "*");
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").content_length == 0);
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\nX: caf\xc3\xa9\r\n\r\n").keep_alive);
  CHECK(accept("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n").content_length == 1000);
  CHECK(accept("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").chunked);
}

TEST_CASE("a bare line end is seen before the head is complete") {
  CHECK(has_bare_line_end("GET / HTTP/1.1\n"));
  CHECK(has_bare_line_end("a\r\nb\rc"));
  CHECK_FALSE(has_bare_line_end("a\r\nb\r"));
  CHECK_FALSE(has_bare_line_end("a\r\nb\r\n"));
  CHECK_FALSE(has_bare_line_end(""));
}

}  // namespace
}  // namespace bigocean::server::http
