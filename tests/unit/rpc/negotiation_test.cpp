// Headers: the body's type, the reply's form, the token, and CORS.
#include "server/product/rpc/negotiation.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/http/cors.hpp"
#include "server/product/rpc/error.hpp"
#include "tests/support/rpc_backend.hpp"

namespace bigocean::server::rpc::negotiation_test {
namespace {

using http::Headers;
using test::kToken;

/// The tag's name that `work` throws; empty when it throws nothing.
template <typename Work>
std::string tag_of(const Work& work) {
  try {
    work();
    return {};
  } catch (const RpcError& error) {
    return error.what();
  }
}

TEST_CASE("the body is JSON in UTF-8, and says so once") {
  const auto tag = [](const Headers& headers) { return tag_of([&] { require_json(headers); }); };
  for (const std::string good : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                                 "application/json;charset=\"UTF-8\"", "application/json ; foo=bar"}) {
    CHECK_MESSAGE(tag({{"content-type", good}}).empty(), good);
  }
  for (const std::string bad :
       {"", "text/plain", "application/jsonp", "application/json+x", "application/x-json",
        "application/json; charset=latin1", "multipart/form-data", "json"}) {
    CHECK_MESSAGE(tag({{"Content-Type", bad}}) == "UnsupportedMediaType", bad);
  }
  CHECK(tag({}) == "UnsupportedMediaType");
  const Headers twice{{"Content-Type", "application/json"}, {"Content-Type", "application/json"}};
  CHECK(tag(twice) == "UnsupportedMediaType");
  CHECK(tag({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}) == "UnsupportedMediaType");
  CHECK(tag({{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}).empty());
}

TEST_CASE("Accept-Language chooses one of our languages, by weight, or none") {
  const auto chosen = [](const Headers& headers) -> std::string {
    const auto language = choose_language(headers);
    return language ? std::string(assessment::tag_of(*language)) : "-";
  };
  struct Row {
    std::string accept;
    std::string language;
  };
  for (const auto& [accept, language] : std::vector<Row>{{"de", "de"},
                                                         {"DE", "de"},
                                                         {"es", "es"},
                                                         {"en", "en"},
                                                         {"de-AT", "de"},
                                                         {"es-419, en;q=0.9", "es"},
                                                         {"de-Latn-CH-1996", "de"},
                                                         {"de-AT,de;q=0.9,en;q=0.8", "de"},
                                                         {"fr, es;q=0.5, de;q=0.7", "de"},
                                                         {"en;q=0.5, es;q=0.5", "en"},
                                                         {"es;q=0.5, en;q=0.5", "es"},
                                                         {"en;q=0.1, de;q=0.001", "en"},
                                                         {"en;q=0, de;q=0.1", "de"},
                                                         {"*", "en"},
                                                         {"fr, *;q=0.1", "en"},
                                                         {"es;q=0.2, *;q=0.1", "es"},
                                                         {"es;q=0.1, *;q=0.2", "en"},
                                                         {"en;q=0, *", "de"},
                                                         {"en;q=0, de;q=0, *", "es"},
                                                         {"de ; q=0.3 , es ; q=0.4", "es"},
                                                         {"fr", "-"},
                                                         {"", "-"},
                                                         {"de;q=0", "-"},
                                                         {"*;q=0", "-"},
                                                         {"de;q=2", "-"},
                                                         {"de;q=x", "-"},
                                                         {"deu", "-"},
                                                         {"d", "-"},
                                                         {"eng-US, german", "-"},
                                                         {",;,=,q=1", "-"}}) {
    CAPTURE(accept);
    CHECK(chosen({{"Accept-Language", accept}}) == language);
    CHECK(chosen({{"accept-language", "fr"}, {"accept-language", accept}}) == language);
  }
  CHECK(chosen({}) == "-");
  CHECK(chosen({{"Accept", "de"}}) == "-");
}

TEST_CASE("Accept chooses between JSON and a stream") {
  struct Row {
    std::string accept;
    std::string streaming;  ///< of a procedure that can stream
    std::string plain;
  };
  for (const auto& [accept, streaming, plain] :
       std::vector<Row>{{"*/*", "json", "json"},
                        {"application/json", "json", "json"},
                        {"application/*", "json", "json"},
                        {"text/event-stream", "stream", "none"},
                        {"TEXT/Event-Stream", "stream", "none"},
                        {"text/*", "stream", "none"},
                        {"application/json, text/event-stream", "json", "json"},
                        {"text/event-stream, */*", "json", "json"},
                        {"text/event-stream, */*;q=0.1", "stream", "json"},
                        {"application/json;q=0.5, text/event-stream;q=0.6", "stream", "json"},
                        {"application/json;q=0, */*", "stream", "none"},
                        {"*/*;q=0", "none", "none"},
                        {"text/html", "none", "none"},
                        {"text/event-stream;q=2", "none", "none"},
                        {"text/event-stream;q=x", "none", "none"},
                        {"application/jsonx, text/event-streams", "none", "none"}}) {
    CAPTURE(accept);
    const auto chosen = [&](bool streams) -> std::string {
      try {
        return choose_media({{"Accept", accept}}, streams) == Media::kJson ? "json" : "stream";
      } catch (const RpcError& error) {
        CHECK(error.tag == Tag::kNotAcceptable);
        return "none";
      }
    };
    CHECK(chosen(true) == streaming);
    CHECK(chosen(false) == plain);
  }
  CHECK(choose_media({}, true) == Media::kJson);
  CHECK(choose_media({{"Accept", ""}}, true) == Media::kJson);
  CHECK(choose_media({{"Accept", "text/html"}, {"Accept", "text/event-stream"}}, true) ==
        Media::kEventStream);
}

TEST_CASE("a token is wanted, allowed or not looked at") {
  const Headers good{{"Authorization", "Bearer " + kToken}};
  CHECK(bearer_token(good, Bearer::kRequired) == kToken);
  CHECK(bearer_token(good, Bearer::kOptional) == kToken);
  CHECK_FALSE(bearer_token(good, Bearer::kNone));
  CHECK(bearer_token({{"authorization", "bearer " + kToken}}, Bearer::kRequired) == kToken);
  CHECK_FALSE(bearer_token({}, Bearer::kOptional));
  CHECK(tag_of([] { bearer_token({}, Bearer::kRequired); }) == "Unauthorized");
  for (const auto& bad : {std::string(), kToken, std::string("Bearer"), std::string("Bearer "),
                          "Basic " + kToken, "Bearer " + kToken + "x", "Bearer x" + kToken.substr(2),
                          "Bearer " + kToken + " x", "Bearer " + kToken.substr(1) + "="}) {
    CAPTURE(bad);
    for (const auto bearer : {Bearer::kRequired, Bearer::kOptional})
      CHECK(tag_of([&] { bearer_token({{"Authorization", bad}}, bearer); }) == "Unauthorized");
  }
  const Headers twice{good.front(), good.front()};
  CHECK(tag_of([&] { bearer_token(twice, Bearer::kRequired); }) == "Unauthorized");
}

TEST_CASE("a missing token and a malformed one are challenged in their own ways") {
  const auto challenge = [](const Headers& headers) -> std::string {
    try {
      bearer_token(headers, Bearer::kRequired);
    } catch (const RpcError& error) {
      return std::string(http::find_header(problem_reply(error).headers, "WWW-Authenticate").value_or(""));
    }
    return {};
  };
  CHECK(challenge({}) == "Bearer");
  CHECK(challenge({{"Authorization", "Bearer x"}}) == "Bearer error=\"invalid_token\"");
}

std::string allowed(const std::string& setting, const Headers& headers) {
  http::Request request{.method = "POST", .path = "/", .query = {}, .headers = headers, .body = {}};
  http::Reply reply;
  http::Cors(setting).add_headers(request, reply);
  const auto origin = http::find_header(reply.headers, "Access-Control-Allow-Origin").value_or("-");
  return std::string(origin) + " " + std::string(http::find_header(reply.headers, "Vary").value_or("-"));
}

TEST_CASE("pages of the listed origins are let in, and no others") {
  const std::string list = "https://a.example, http://localhost:3000";
  CHECK(allowed(list, {{"Origin", "https://a.example"}}) == "https://a.example Origin");
  CHECK(allowed(list, {{"origin", "http://localhost:3000"}}) == "http://localhost:3000 Origin");
  for (const std::string other : {"https://a.example.evil.test", "http://a.example", "https://a.example:444",
                                  "https://b.example", "null", "", "https://a.exampl"}) {
    CHECK_MESSAGE(allowed(list, {{"Origin", other}}) == "- Origin", other);
  }
  CHECK(allowed(list, {}) == "- Origin");
  CHECK(allowed("*", {{"Origin", "https://b.example"}}) == "* -");
  CHECK(allowed("", {{"Origin", "https://a.example"}}) == "- -");
  CHECK_FALSE(http::Cors("").is_on());
}

}  // namespace
}  // namespace bigocean::server::rpc::negotiation_test
