// The guard: what it refuses, and what it passes on.
#include "server/http/intake.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/http/target.hpp"

namespace bigocean::server::http::guard_test {
namespace {

using namespace std::string_literals;

constexpr Parser::Limits kLimits{.head_bytes_max = 10000, .body_bytes_max = 1000};

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
      {"GET ftp://x/ HTTP/1.1\r\n" + host + "\r\n", 400},     // no scheme of ours
      {"GET http:/x/ HTTP/1.1\r\n" + host + "\r\n", 400},     // half a scheme
      {"GET http:/// HTTP/1.1\r\n" + host + "\r\n", 400},     // no authority
      {"GET http://?q HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET http://:80/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET http://u@x/ HTTP/1.1\r\n" + host + "\r\n", 400},  // user information
      {"GET http://u:p@x/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET http://x:y/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET http://x\\y/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET http://x/ HTTP/1.1\r\n\r\n", 400},               // Host is required all the same
      {"GET http://x/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400},  // and has its grammar
      {"GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},        // a fragment
      {"GET http://x#b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET * HTTP/1.1\r\n" + host + "\r\n", 400},     // OPTIONS alone
      {"GET x:80 HTTP/1.1\r\n" + host + "\r\n", 400},  // the form of CONNECT
      {"GET ?q HTTP/1.1\r\n" + host + "\r\n", 400},
      {"G@T / HTTP/1.1\r\n" + host + "\r\n", 400},      // not a token
      {" GET / HTTP/1.1\r\n" + host + "\r\n", 400},     // a space in front
      {"BREW / HTTP/1.1\r\n" + host + "\r\n", 501},     // unknown
      {"CONNECT / HTTP/1.1\r\n" + host + "\r\n", 501},  //
      {"get / HTTP/1.1\r\n" + host + "\r\n", 501},      // methods are case-sensitive
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 505},      //
      {"GET / HTTP/1.2\r\n" + host + "\r\n", 505},      //
      {"GET / http/1.1\r\n" + host + "\r\n", 400},      //
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
      {"GET /% HTTP/1.1\r\n" + host + "\r\n", 400},  // half an escape
      {"GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400},
      {"GET /%00 HTTP/1.1\r\n" + host + "\r\n", 400},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    Intake intake(kLimits);
    REQUIRE(intake.feed(row.head) == Intake::State::kRefused);
    CHECK(intake.refusal().status == row.status);
    CHECK_FALSE(intake.refusal().detail.empty());
  }
}

TEST_CASE("Host has its grammar, whatever the target") {
  for (const std::string bad : {"a b",
                                "a\tb",
                                "a/b",
                                "a?b",
                                "a#b",
                                "a@b",
                                "user:pw@a",
                                "http://a",
                                "a:b",
                                "a:80:80",
                                "a:65536",
                                "a:-1",
                                "a:+1",
                                "a: 80",
                                "a :80",
                                ":80",
                                ":",
                                "[::1",
                                "::1",
                                "[::1]x",
                                "[::1]:x",
                                "[::g]",
                                "[fe80::1%25eth0]",
                                "[fe80::1%eth0]",
                                "[]",
                                "[v.x]",
                                "[v1.]",
                                "[127.0.0.1]",
                                "a%",
                                "a%zz",
                                "a%2",
                                "a\\b",
                                "a\"b",
                                "<a>",
                                "a^b",
                                "a|b",
                                "{a}",
                                "caf\xc3\xa9"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_host(bad));
    Intake intake(kLimits);
    REQUIRE(intake.feed("GET / HTTP/1.1\r\nHost: " + bad + "\r\n\r\n") == Intake::State::kRefused);
    CHECK(intake.refusal().status == 400);
  }
  for (const std::string good : {"",
                                 "a",
                                 "A.example",
                                 "a.example.",
                                 "a:",
                                 "a:80",
                                 "a:65535",
                                 "127.0.0.1:80",
                                 "[::1]",
                                 "[::1]:80",
                                 "[::ffff:127.0.0.1]",
                                 "[v1.a:b]",
                                 "a_b",
                                 "a-b",
                                 "a,b",
                                 "a;b",
                                 "a%20b",
                                 "xn--caf-dma",
                                 "~a",
                                 "123"}) {
    CAPTURE(good);
    CHECK(is_valid_host(good));
  }
}

TEST_CASE("a path is what was sent, but for escapes that mean nothing else") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"/rpc/StartAssessment", "/rpc/StartAssessment"},
      {"/rpc/%53tart%41ssessment", "/rpc/StartAssessment"},
      {"/rpc%2FStartAssessment", "/rpc%2FStartAssessment"},
      {"/rpc%2fStartAssessment", "/rpc%2fStartAssessment"},
      {"/rpc%5CStartAssessment", "/rpc%5CStartAssessment"},
      {"/rpc%252FStartAssessment", "/rpc%252FStartAssessment"},
      {"/%72pc%25%32%46x", "/rpc%252Fx"},
      {"/rpc/%2E%2e/health", "/rpc/../health"},
      {"/rpc//StartAssessment", "/rpc//StartAssessment"},
      {"//rpc/StartAssessment", "//rpc/StartAssessment"},
      {"/rpc/StartAssessment;v=1", "/rpc/StartAssessment;v=1"},
      {"/rpc/StartAssessment%3Bv=1", "/rpc/StartAssessment%3Bv=1"},
      {"/rpc/StartAssessment%3Fx", "/rpc/StartAssessment%3Fx"},
      {"/rpc/StartAssessment%23x", "/rpc/StartAssessment%23x"},
      {"/rpc/StartAssessment%20", "/rpc/StartAssessment%20"},
      {"/rpc/startassessment", "/rpc/startassessment"},
      {"/caf%c3%a9", "/caf%c3%a9"},
  };
  for (const auto& [sent, meant] : rows) {
    CAPTURE(sent);
    CHECK(normalize_path(sent) == meant);
  }
  for (const std::string bad : {"/%", "/%2", "/%zz", "/%2g", "/%00", "/a%"}) {
    CAPTURE(bad);
    CHECK_FALSE(normalize_path(bad));
  }
}

Head accept(const std::string& head) {
  Intake intake(kLimits);
  const auto state = intake.feed(head);
  REQUIRE_MESSAGE((state == Intake::State::kReady || state == Intake::State::kBody), head);
  return intake.head();
}

TEST_CASE("what a handler gets is free of framing, connection and ranges") {
  const Head head = accept(
      "POST /a%20b?c=%64 HTTP/1.1\r\nHost: any.example\r\nContent-Length: 12\r\nConnection: keep-alive\r\n"
      "Accept-Encoding: gzip\r\nRange: bytes=0-1\r\nX-Trace:  \t a b \t\r\nExpect: 100-Continue\r\n\r\n");
  CHECK(head.request.method == "POST");
  CHECK(head.request.path == "/a%20b");
  CHECK(head.request.query == "c=%64");
  CHECK(head.has_body);
  CHECK(head.expects_continue);
  CHECK(head.keep_alive);
  CHECK(head.request.headers ==
        Headers{{"Host", "any.example"}, {"Accept-Encoding", "gzip"}, {"X-Trace", "a b"}});
}

TEST_CASE("an absolute target is served, and its authority takes the place of Host") {
  const auto request = [](const std::string& line) {
    return accept(line + " HTTP/1.1\r\nHost: other.example\r\nX: y\r\n\r\n").request;
  };
  const auto one = request("GET http://any.example:8080/a%2Fb?c=d?e");
  CHECK(one.path == "/a%2Fb");
  CHECK(one.query == "c=d?e");
  CHECK(one.headers == Headers{{"Host", "any.example:8080"}, {"X", "y"}});
  CHECK(request("GET HTTPS://[::1]/").headers[0].second == "[::1]");
  CHECK(request("GET http://a").path == "/");
  CHECK(request("GET http://a?q").path == "/");
  CHECK(request("GET http://a?q=/x").query == "q=/x");
  CHECK(request("OPTIONS http://a").path == "*");
  CHECK(request("OPTIONS http://a/").path == "/");
}

TEST_CASE("keep-alive follows version and Connection header") {
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK_FALSE(accept("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST_CASE("harmless oddities pass") {
  CHECK(accept("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n").request.path == "*");
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").has_body == false);
  CHECK(accept("GET / HTTP/1.1\r\nHost: a\r\nX: caf\xc3\xa9\r\n\r\n").keep_alive);
  CHECK(accept("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n").has_body);
  CHECK(accept("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").has_body);
}

TEST_CASE("a bare line end is seen before the head is complete") {
  CHECK(has_ambiguous_line_end("GET / HTTP/1.1\n"));
  CHECK(has_ambiguous_line_end("a\r\nb\rc"));
  CHECK_FALSE(has_ambiguous_line_end("a\r\nb\r"));
  CHECK_FALSE(has_ambiguous_line_end("a\r\nb\r\n"));
  CHECK_FALSE(has_ambiguous_line_end(""));
}

}  // namespace
}  // namespace bigocean::server::http::guard_test
