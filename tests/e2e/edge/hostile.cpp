// 1,000 hostile requests from a seed: every reply is HTTP, none is a 500, and the service stays alive.
#include <cstdlib>
#include <random>

#include "tests/e2e/edge/scene.hpp"

namespace bigocean::test::hostile {
namespace {

using Random = std::mt19937;

template <typename List>
const auto& pick(Random& random, const List& list) {
  return list[std::uniform_int_distribution<std::size_t>(0, list.size() - 1)(random)];
}

bool chance(Random& random, int percent) {
  return std::uniform_int_distribution<int>(1, 100)(random) <= percent;
}

std::string bytes(Random& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += static_cast<char>(std::uniform_int_distribution<int>(0, 255)(random));
  return text;
}

/// Makes requests that are wrong in one or several ways, and some that are right.
class Attacker {
 public:
  Attacker(Random& random, Talker talker) : random_(random), talker_(std::move(talker)) {}

  std::string request() {
    auto body = make_body();
    // One part in ten is wrong, so that most requests get as far as their next fault.
    const auto space = [&] { return chance(random_, 2) ? pick(random_, spaces_) : " "; };
    auto text = (chance(random_, 20) ? pick(random_, methods_) : "POST") + space() + target() + space() +
                (chance(random_, 6) ? pick(random_, versions_) : "HTTP/1.1") + "\r\n";
    if (!chance(random_, 2)) text += "Host: " + host() + "\r\n";
    text += "Content-Type: " + (chance(random_, 10) ? pick(random_, types_) : "application/json") + "\r\n";
    if (!chance(random_, 10)) text += talker_.bearer;
    while (chance(random_, 30)) text += header() + "\r\n";
    text += framing(body.size()) + "\r\n" + body;
    if (chance(random_, 10)) mutate(text);
    return text;
  }

 private:
  std::string host() { return chance(random_, 4) ? pick(random_, hosts_) : "a.example"; }

  std::string target() {
    const auto path = pick(random_, paths_);
    return chance(random_, 10) ? "http://" + host() + path : path;
  }

  std::string header() {
    if (chance(random_, 5)) return "X: " + std::string(40'000, 'x');
    if (chance(random_, 5)) return pick(random_, names_) + ": " + bytes(random_, 20);
    if (chance(random_, 5)) return pick(random_, bad_names_) + ": x";
    return pick(random_, names_) + ": " + pick(random_, values_);
  }

  std::string framing(std::size_t size) {
    if (chance(random_, 92)) return "Content-Length: " + std::to_string(size) + "\r\n";
    return pick(random_, framings_);
  }

  std::string make_body() {
    const auto session = R"("sessionId":")" + talker_.session + '"';
    if (chance(random_, 30)) return "{" + session + "}";
    if (chance(random_, 30)) return "{" + session + R"(,"message":)" + pick(random_, texts_) + "}";
    if (chance(random_, 20))
      return bytes(random_, std::uniform_int_distribution<std::size_t>(0, 300)(random_));
    if (chance(random_, 10)) return std::string(100'000, '[');
    return pick(random_, bodies_);
  }

  void mutate(std::string& text) {
    for (int i = std::uniform_int_distribution<int>(1, 8)(random_); i > 0; --i) {
      const auto at = std::uniform_int_distribution<std::size_t>(0, text.size() - 1)(random_);
      if (chance(random_, 50)) {
        text[at] = bytes(random_, 1)[0];
      } else if (chance(random_, 50)) {
        text.insert(at, bytes(random_, 3));
      } else {
        text.erase(at, 2);
      }
      if (text.empty()) text = "x";
    }
  }

  Random& random_;
  const Talker talker_;
  const std::vector<std::string> methods_{"POST",    "POST",   "POST",    "POST",  "GET",  "HEAD",  "PUT",
                                          "OPTIONS", "DELETE", "CONNECT", "TRACE", "post", "P\x01", ""};
  const std::vector<std::string> spaces_{" ", " ", " ", " ", " ", " ", " ", " ", "  ", "\t", ""};
  const std::vector<std::string> versions_{"HTTP/1.1", "HTTP/1.1", "HTTP/1.1",   "HTTP/1.1", "HTTP/1.0",
                                           "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 x", "http/1.1", ""};
  const std::vector<std::string> paths_{"/rpc/StartAssessment",
                                        "/rpc/SendMessage",
                                        "/rpc/GetResults",
                                        "/rpc/ResumeSession",
                                        "/rpc/GetProfile",
                                        "/rpc/ShareProfile",
                                        "/rpc/ExportSession",

                                        "/health",
                                        "/ready",
                                        "/startup",
                                        "/metrics",
                                        "/status",
                                        "/status.json",
                                        "/status/checks",
                                        "/openapi.json",
                                        "/rpc%2FSendMessage",
                                        "/rpc//SendMessage",
                                        "/rpc/../health",
                                        "/%",
                                        "/%00",
                                        "*",
                                        "/" + std::string(9000, 'a'),
                                        "/rpc/sessions/x/events",
                                        "/\xff\xfe",
                                        "/rpc/SendMessage#x",
                                        "/rpc/SendMessage;a"};
  const std::vector<std::string> hosts_{"a", "a", "a.example:80", "[::1]:4000", "a b", "a:b",
                                        "",  "[", "u@a",          "%",          "a/b"};
  const std::vector<std::string> types_{"application/json",
                                        "application/json",
                                        "application/json; charset=utf-8",
                                        "text/plain",
                                        "application/json; charset=utf-7",
                                        "a",
                                        ""};
  const std::vector<std::string> names_{
      "Accept",          "Accept-Language",
      "Authorization",   "Challenge-Proof",
      "Connection",      "Content-Encoding",

      "Cookie",          "Expect",
      "Forwarded",

      "Idempotency-Key", "Last-Event-ID",
      "Origin",          "Access-Control-Request-Method",
      "Range",           "TE",

      "Upgrade",         "X-Forwarded-For",
      "X-Real-IP",       "X-Request-Id",
      "traceparent",     "tracestate",
  };
  const std::vector<std::string> bad_names_{"X Y", "", "\x80", "Host", "Content-Length", "Transfer-Encoding"};
  const std::vector<std::string> values_{"",
                                         "*/*",
                                         "text/event-stream",
                                         "application/json;q=0",
                                         "100-continue",
                                         "chunked",
                                         "gzip, chunked",
                                         "close",
                                         "keep-alive, close",
                                         "198.51.100.9",
                                         "::ffff:1.2.3.4",
                                         "a, b, c",
                                         "\"",
                                         "Bearer x",
                                         "Bearer ' OR 1=1 --",
                                         "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                         "2147483648",
                                         "-1",
                                         "99999999999999999999",
                                         "bytes=0-0",
                                         "h2c",
                                         std::string(5000, 'v'),
                                         "de-DE;q=0.5, en;q=NaN",
                                         "https://evil.example",
                                         "null"};
  const std::vector<std::string> framings_{"",
                                           "Content-Length: 5\r\n",
                                           "Content-Length: 99999999\r\n",
                                           "Content-Length: 1\r\nContent-Length: 2\r\n",
                                           "Transfer-Encoding: chunked\r\n",
                                           "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                                           "Transfer-Encoding: identity\r\n",
                                           "Content-Length: 0x1\r\n",
                                           "Content-Length: +1\r\n"};
  const std::vector<std::string> texts_{R"("Hello")",
                                        R"("\u0000")",
                                        R"("\ud800")",
                                        R"("\u200b\u200b")",
                                        "\"\xff\xfe\"",
                                        "\"" + std::string(5000, 'x') + "\"",
                                        R"("'; DROP TABLE messages; --")",
                                        R"("%s%n{}{0}")",
                                        "null",
                                        "1e999",
                                        "[]",
                                        R"({"a":1})",
                                        R"("\u202eabc")",
                                        "\"\r\n\"",
                                        R"("\r\nok\r\n")"};
  const std::vector<std::string> bodies_{"",
                                         "{}",
                                         "[]",
                                         "null",
                                         "{",
                                         "{\"a\":}",
                                         R"({"sessionId":"x"})",
                                         R"({"sessionId":null})",
                                         R"({"sessionId":"00000000-0000-0000-0000-000000000000"})",
                                         R"({"displayName":"\u0000"})",
                                         R"({"displayName":")" + std::string(81, 'a') + "\"}",
                                         R"({"profileId":"' OR 1=1"})",
                                         R"({"a":1,"a":2})",
                                         "{\"sessionId\":\"\xc3\x28\"}"};
};

unsigned seed_of_run() {
  const char* given = std::getenv("BIGOCEAN_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
}

/// Everything that comes within the limit; the connection may stay open.
std::string answer_to(int port, const std::string& request) {
  RawClient client(port);
  client.send(request);
  client.end_sending();
  return client.read_to_end(60s);
}

TEST_CASE("1,000 hostile requests: no 500, and the service lives") {
  const auto seed = seed_of_run();
  MESSAGE("seed ", seed, " (BIGOCEAN_TEST_SEED repeats it)");
  Random random(seed);
  Scene scene({{"BIGOCEAN_RPC_CORS_ORIGINS", "https://app.example"},
               {"BIGOCEAN_LIMITS_REQUESTS_PER_ADDRESS_MINUTE", "6000"},
               {"BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "6000"},
               {"BIGOCEAN_SERVER_HEAD_TIMEOUT", "300ms"},
               {"BIGOCEAN_SERVER_BODY_TIMEOUT", "300ms"}});
  const auto talker = begin(scene.port(), "198.51.100.1");
  Attacker attacker(random, talker);
  std::map<int, int> statuses;
  for (int i = 0; i < 1000; ++i) {
    const auto request = attacker.request();
    const auto reply = answer_to(scene.port(), request);
    CAPTURE(i);
    CAPTURE(request.substr(0, 2000));
    CAPTURE(reply.substr(0, 1000));
    const int status = status_of(reply);
    ++statuses[status];
    // No answer at all is right only where nothing came that could be one.
    CHECK((status != 0 || reply.empty()));
    CHECK(status != 500);
    CHECK_FALSE(has(reply, "HTTP/1.1 500"));
    if (i % 100 == 0) CHECK(status_of(get(scene.port(), "/health")) == 200);
  }
  std::string counts;
  for (const auto& [status, count] : statuses)
    counts += std::to_string(status) + ": " + std::to_string(count) + "  ";
  MESSAGE(counts);
  CHECK(statuses[200] > 0);
  CHECK(statuses[400] > 50);
  CHECK(statuses.size() >= 8);
  CHECK(status_of(get(scene.port(), "/ready")) == 200);
  CHECK(status_of(exchange(scene.port(), rpc("StartAssessment", "{}", from("198.51.100.2")))) == 200);
  scene.serve->process().signal(SIGTERM);
  const auto finished = scene.serve->process().wait();
  CHECK(finished.exit_code == 0);
  CHECK_FALSE(has(finished.out, "crashed"));
}

}  // namespace
}  // namespace bigocean::test::hostile
