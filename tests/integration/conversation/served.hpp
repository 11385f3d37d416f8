// The procedures as the service serves them, without a socket, on the use cases of talk.hpp.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "server/rpc/routes.hpp"
#include "tests/integration/conversation/talk.hpp"
#include "tests/support/signed_tokens.hpp"

namespace bigocean::server::conversation {

using Json = nlohmann::json;

inline void with_accounts(config::Settings& settings) {
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
            [&change](config::Settings& settings) {
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

  http::Reply send(const std::string& name, http::Headers headers, std::string body) {
    http::Request request;
    request.method = "POST";
    request.path = "/rpc/" + name;
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.client_address = "203.0.113.7";
    const auto route = std::ranges::find(routes_, request.path, &http::Route::path);
    REQUIRE(route != routes_.end());
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
  std::vector<http::Route> routes_ = rpc::routes(talk.conversations, talk.settings);
};

}  // namespace bigocean::server::conversation
