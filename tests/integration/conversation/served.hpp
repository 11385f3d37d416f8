// The procedures as the service serves them, without a socket, with the use cases of talk.hpp.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "server/product/rpc/procedures.hpp"
#include "server/product/rpc/routes.hpp"
#include "tests/integration/conversation/talk.hpp"
#include "tests/support/signed_tokens.hpp"

namespace bigocean::server::conversation {

using Json = nlohmann::json;

inline void with_accounts(product::Settings& settings) {
  settings.accounts.algorithm = "ES256";
  settings.accounts.jwks_url = "http://127.0.0.1:1/jwks";
  settings.accounts.issuer = "https://accounts.example";
  settings.accounts.audience = "bigocean";
  settings.accounts.clock_skew_max = 60s;
  settings.accounts.keys_lifetime = 10min;
  settings.accounts.timeout = 1s;
  settings.rpc.message_chars_max = 4000;
}

/// The procedures as the service serves them, without a socket, behind accounts of a test's.
class Served {
 public:
  explicit Served(const Talk::Change& change = {})
      : talk(
            [&change](product::Settings& settings) {
              with_accounts(settings);
              if (change) change(settings);
            },
            [this] {
              if (keys_are_away) throw std::runtime_error("connection refused");
              return test::key_set({key.jwk()});
            }) {}

  http::Reply call(const std::string& name, const std::optional<std::string>& authorization,
                   const Json& body) {
    http::Headers headers{{"Content-Type", "application/json"}};
    if (authorization) headers.emplace_back("Authorization", *authorization);
    return send(name, std::move(headers), body.dump());
  }

  /// A procedure with a path of its own gets what stands in its braces from the body.
  http::Reply send(const std::string& name, http::Headers headers, std::string body) {
    const auto procedure = std::ranges::find(table_, name, &rpc::Procedure::name);
    REQUIRE(procedure != table_.end());
    http::Request request;
    request.method = procedure->get_path.empty() ? "POST" : "GET";
    request.path = rpc::path_of(*procedure);
    const auto route = std::ranges::find(routes_, request.path, &http::Route::path);
    REQUIRE(route != routes_.end());
    if (const auto brace = request.path.find('{'); brace != std::string::npos) {
      request.path.replace(brace, request.path.find('}') + 1 - brace,
                           Json::parse(body)["sessionId"].get<std::string>());
      body.clear();
    }
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.client_address = "203.0.113.7";
    return route->handler(request);
  }

  std::string account(const std::string& subject) const {
    return "Bearer " + test::signed_token(key, kHeader, test::good_claims(subject));
  }

  const test::Claims kHeader{{"alg", "ES256"}, {"kid", "k1"}};
  const test::SigningKey key{"ES256"};
  std::atomic<bool> keys_are_away = false;
  Talk talk;

 private:
  const std::vector<rpc::Procedure> table_ = rpc::procedures(4000);
  std::vector<http::Route> routes_ = rpc::routes(talk.conversations, talk.settings);
};

}  // namespace bigocean::server::conversation
