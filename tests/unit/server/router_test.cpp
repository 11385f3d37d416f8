// Routing: replies, errors, and what never reaches the client.
#include "server/http/router.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "server/http/retry_after.hpp"

namespace bigocean::server::http::router_test {
namespace {

struct Fixture {
  base::Logger log{base::LogFormat::kText, base::LogLevel::kError, false};
  Router router{{{"GET", "/ok",
                  [](const Request&) {
                    return Reply{.body = "{}", .headers = {{"X-A", "b"}}};
                  },
                  Place::kLoop},
                 {"POST", "/echo", [](const Request& r) { return Reply{.body = r.body, .headers = {}}; }},
                 {"GET", "/a.b", [](const Request&) { return Reply{.body = "dot", .headers = {}}; }},
                 {"GET", "/down",
                  [](const Request&) -> Reply {
                    throw base::Error(base::ExitCode::kUnreachable, "inside", "hint", "detail");
                  }},
                 {"GET", "/broken", [](const Request&) -> Reply { throw std::runtime_error("inside"); }},
                 {"GET", "/finished", [](const Request&) -> Reply { throw std::runtime_error("inside"); },
                  Place::kWorker,
                  [](const Request& r, Reply& reply) { reply.headers.emplace_back("X-Path", r.path); }}},
                log};

  std::string ask(const std::string& method, const std::string& path, const std::string& body = "") const {
    const Request request{.method = method, .path = path, .query = {}, .headers = {}, .body = body};
    return router.respond(router.find(request), request).bytes;
  }
  bool is_quick(const std::string& path) const {
    return router.find({.method = "GET", .path = path, .query = {}, .headers = {}, .body = {}}).place ==
           Place::kLoop;
  }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

nlohmann::json problem_in(const std::string& reply) {
  REQUIRE(has(reply, "Content-Type: application/problem+json\r\n"));
  return nlohmann::json::parse(reply.substr(reply.find("\r\n\r\n") + 4));
}

TEST_CASE_FIXTURE(Fixture, "a reply carries status, type, length and headers") {
  const auto reply = ask("GET", "/ok");
  CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(has(reply, "Content-Type: application/json\r\n"));
  CHECK(has(reply, "Content-Length: 2\r\n"));
  CHECK(has(reply, "X-A: b\r\n"));
  CHECK_FALSE(has(reply, "Connection:"));
  CHECK(with_close(reply).starts_with("HTTP/1.1 200 OK\r\nConnection: close\r\n"));
  CHECK(reply.ends_with("\r\n\r\n{}"));
  CHECK(ask("POST", "/echo", "hello").ends_with("\r\n\r\nhello"));
}

TEST_CASE_FIXTURE(Fixture, "HEAD has the headers of GET and no body") {
  const auto reply = ask("HEAD", "/ok");
  CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(has(reply, "Content-Length: 2\r\n"));
  CHECK(reply.ends_with("\r\n\r\n"));
}

TEST_CASE_FIXTURE(Fixture, "paths that are not there, and methods that are not") {
  CHECK(problem_in(ask("GET", "/none"))["status"] == 404);
  CHECK(problem_in(ask("GET", "/aXb"))["status"] == 404);  // a dot in a path is a dot
  CHECK(ask("GET", "/a.b").ends_with("dot"));
  const auto wrong = ask("POST", "/ok", "x");
  CHECK(wrong.starts_with("HTTP/1.1 405 "));
  CHECK(has(wrong, "Allow: GET, HEAD\r\n"));
  CHECK(problem_in(wrong)["status"] == 405);
  CHECK(has(ask("DELETE", "/echo"), "Allow: POST\r\n"));
}

TEST_CASE_FIXTURE(Fixture, "a route completes each reply of its own, to failures and to overload too") {
  CHECK(has(ask("GET", "/finished"), "\r\nX-Path: /finished\r\n"));
  const Request request{
      .method = "GET", .path = "/finished", .query = {}, .headers = {}, .body = {}, .id = "7"};
  const auto full = router.refuse(router.find(request), request, busy("full"));
  CHECK(full.status == 503);
  CHECK(has(full.bytes, "\r\nX-Path: /finished\r\n"));
  CHECK(has(full.bytes, "\r\nX-Request-Id: 7\r\n"));
}

TEST_CASE("every problem has its reason phrase in one word as its tag") {
  CHECK(has(problem(404, "").body, R"("_tag":"NotFound")"));
  CHECK(has(problem(413, "").body, R"("_tag":"PayloadTooLarge")"));
  CHECK(has(problem(500, "").body, R"("_tag":"InternalServerError")"));
}

TEST_CASE("Retry-After is there where it is due: whole seconds, rounded up, one at least") {
  const auto of = [](int status, std::optional<std::chrono::milliseconds> after) {
    return retry_after_of({.status = status, .body = {}, .headers = {}, .retry_after = after});
  };
  using std::chrono::milliseconds;
  CHECK(of(503, {}) == "1");
  CHECK(of(429, {}) == "1");
  CHECK(of(503, milliseconds{0}) == "1");
  CHECK(of(503, milliseconds{1001}) == "2");
  CHECK(of(409, milliseconds{30'000}) == "30");
  for (const int status : {200, 400, 404, 408, 409, 413, 431, 500, 501}) CHECK(of(status, {}) == "");
}

TEST_CASE_FIXTURE(Fixture, "what handlers throw stays inside") {
  const auto down = ask("GET", "/down");
  CHECK(has(down, "\r\nRetry-After: 1\r\n"));
  CHECK(problem_in(down)["status"] == 503);
  const auto broken = ask("GET", "/broken");
  CHECK(problem_in(broken)["status"] == 500);
  for (const auto& reply : {down, broken}) {
    CHECK_FALSE(has(reply, "inside"));
    CHECK_FALSE(has(reply, "hint"));
    CHECK_FALSE(has(reply, "EXCEPTION"));
  }
}

TEST_CASE_FIXTURE(Fixture, "quick routes are answered by the loop, and so is what is not there") {
  CHECK(is_quick("/ok"));
  CHECK_FALSE(is_quick("/down"));
  CHECK(is_quick("/none"));
}

}  // namespace
}  // namespace bigocean::server::http::router_test
