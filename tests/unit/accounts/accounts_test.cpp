// Which tokens of accounts are accepted, and that every other one is refused.
#include "server/accounts/accounts.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <thread>

#include "base/error.hpp"
#include "server/accounts/base64url.hpp"
#include "tests/support/signed_tokens.hpp"

namespace bigocean::server::accounts::accounts_test {
namespace {

using namespace test;
using namespace std::chrono_literals;

base::Logger& quiet() {
  static base::Logger log{base::LogFormat::kText, base::LogLevel::kError, false};
  return log;
}

server::accounts::Settings settings_of(const std::string& algorithm) {
  server::accounts::Settings settings;
  settings.algorithm = algorithm;
  settings.issuer = "https://accounts.example";
  settings.audience = "bigocean";
  settings.clock_skew_max = 60s;
  settings.keys_lifetime = 10min;
  settings.timeout = 1s;
  if (algorithm == "HS256") {
    settings.secret = config::Secret(kAccountsSecret);
  } else {
    settings.jwks_url = "http://127.0.0.1:1/jwks";
  }
  return settings;
}

/// Whom the token names, or why it names nobody.
std::string verdict(Accounts& accounts, const std::string& token) {
  try {
    return accounts.verify(token).subject;
  } catch (const TokenFault& fault) {
    return std::string("fault: ") + fault.what();
  }
}

std::string signed_by(const std::string& algorithm, const SigningKey* key, const Claims& header,
                      const Claims& claims) {
  return algorithm == "HS256" ? hmac_token(kAccountsSecret, header, claims)
                              : signed_token(*key, header, claims);
}

TEST_CASE("the examples of the standards verify, and no other text does") {
  // RFC 7515, A.3.
  const auto p256 = PublicKey::p256(*from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                    *from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  REQUIRE(p256);
  const std::string es256 =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const auto es256_signature = *from_base64url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  CHECK(p256->verify(es256, es256_signature));
  CHECK(!p256->verify(es256 + "x", es256_signature));
  // RFC 8037, A.4.
  const auto ed25519 = PublicKey::ed25519(*from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  REQUIRE(ed25519);
  const std::string eddsa = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto eddsa_signature = *from_base64url(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  CHECK(ed25519->verify(eddsa, eddsa_signature));
  CHECK(!ed25519->verify(eddsa + "x", eddsa_signature));
  CHECK(!ed25519->verify(eddsa, es256_signature));
}

TEST_CASE("base64url is read strictly: one text for the same bytes") {
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("ab"), std::string("abc"), std::string("\0\xFF\x80", 3)})
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
  for (const auto* bad : {"a", "YQ==", "Y+==", "YR", "YW J", "YWJ/", "YQ\n"})
    CHECK_MESSAGE(!from_base64url(bad), bad);
}

TEST_CASE("a good token of each algorithm names its subject; changed, or of other claims, it names nobody") {
  for (const std::string& algorithm : std::vector<std::string>{"HS256", "RS256", "ES256", "EdDSA"}) {
    CAPTURE(algorithm);
    std::optional<SigningKey> key;
    if (algorithm != "HS256") key.emplace(algorithm);
    Accounts accounts(settings_of(algorithm), quiet(), std::chrono::system_clock::now,
                      [&] { return key_set({key->jwk()}); });
    const Claims header{{"alg", algorithm}, {"kid", "k1"}, {"typ", "JWT"}};
    const auto of = [&](const Claims& head, const Claims& claims) {
      return verdict(accounts, signed_by(algorithm, key ? &*key : nullptr, head, claims));
    };
    const auto with = [&](const char* name, const Claims& value) {
      auto claims = good_claims();
      claims[name] = value;
      if (value.is_null()) claims.erase(name);
      return of(header, claims);
    };
    CHECK(of(header, good_claims()) == "ada");
    CHECK(of({{"alg", algorithm}}, good_claims()) == "ada");
    CHECK(with("aud", Claims::array({"other", "bigocean"})) == "ada");

    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    CHECK(with("exp", now - 30) == "ada");  // clocks differ
    CHECK(with("nbf", now + 30) == "ada");
    CHECK(with("exp", now - 90) == "fault: it has expired");
    CHECK(with("exp", nullptr) == "fault: it has no `exp`: tokens must expire");
    CHECK(with("exp", "soon") == "fault: its `exp` is not a time");
    CHECK(with("nbf", now + 90) == "fault: it is not valid yet");
    CHECK(with("iss", "https://other.example") == "fault: it is from another issuer");
    CHECK(with("iss", nullptr) == "fault: it is from another issuer");
    CHECK(with("aud", "other") == "fault: it is for another audience");
    CHECK(with("aud", nullptr) == "fault: it is for another audience");
    for (const Claims& subject :
         std::vector<Claims>{nullptr, "", 7, std::string(256, 'a'), "a\nb", std::string("a\0b", 3)})
      CHECK_MESSAGE(with("sub", subject).starts_with("fault: its `sub`"), subject.dump());

    CHECK(of({{"alg", "none"}}, good_claims()).starts_with("fault: it is not signed with"));
    CHECK(of({{"alg", algorithm}, {"crit", {"exp"}}}, good_claims()) == "fault: its header has `crit`");
    CHECK(of({{"alg", algorithm}, {"typ", "logout+jwt"}}, good_claims()) ==
          "fault: its `typ` is not `JWT` or `at+jwt`");
    CHECK(of({{"typ", "JWT"}}, good_claims()).starts_with("fault: it is not signed with"));

    // Every single character that is changed makes another token, or none.
    const auto good = signed_by(algorithm, key ? &*key : nullptr, header, good_claims());
    for (std::size_t i = 0; i < good.size(); i += 7) {
      auto changed = good;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      if (changed != good) CHECK_MESSAGE(verdict(accounts, changed).starts_with("fault: "), i);
    }
    CHECK(verdict(accounts, good.substr(0, good.rfind('.') + 1)).starts_with("fault: "));
    CHECK(verdict(accounts, good + ".AAAA").starts_with("fault: "));
  }
}

TEST_CASE("the algorithm is the setting's, so that no key is taken for another one's") {
  const SigningKey rsa("RS256");
  const SigningKey ec("ES256");
  Accounts accounts(settings_of("RS256"), quiet(), std::chrono::system_clock::now, [&] {
    return key_set({rsa.jwk(), ec.jwk()});
  });
  CHECK(verdict(accounts, signed_token(rsa, {{"alg", "RS256"}}, good_claims())) == "ada");
  // The public key as the secret of an HMAC: known to everybody.
  for (const auto& secret : {rsa.pem(), rsa.jwk().dump(), rsa.jwk()["n"].get<std::string>()}) {
    CHECK(verdict(accounts, hmac_token(secret, {{"alg", "HS256"}, {"kid", "k1"}}, good_claims()))
              .starts_with("fault: "));
    CHECK(verdict(accounts, hmac_token(secret, {{"alg", "RS256"}, {"kid", "k1"}}, good_claims()))
              .starts_with("fault: "));
  }
  CHECK(verdict(accounts, signed_token(ec, {{"alg", "ES256"}}, good_claims())).starts_with("fault: "));
  CHECK(verdict(accounts, signed_token(ec, {{"alg", "RS256"}}, good_claims())).starts_with("fault: "));
  // A key that the token brings along is nobody's.
  const SigningKey own("RS256");
  const Claims header{{"alg", "RS256"}, {"jwk", own.jwk()}, {"jku", "http://127.0.0.1:1/mine"}};
  CHECK(verdict(accounts, signed_token(own, header, good_claims())) == "fault: its signature is wrong");
}

TEST_CASE("a member that stands twice is read by nobody") {
  const auto token = [](const std::string& header, const std::string& claims) {
    const auto text = to_base64url(header) + "." + to_base64url(claims);
    unsigned char code[32];
    unsigned size = 0;
    HMAC(EVP_sha256(), kAccountsSecret.data(), static_cast<int>(kAccountsSecret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, &size);
    return text + "." + to_base64url({reinterpret_cast<const char*>(code), size});
  };
  Accounts accounts(settings_of("HS256"), quiet());
  const std::string claims = good_claims().dump();
  CHECK(verdict(accounts, token(R"({"alg":"HS256"})", claims)) == "ada");
  CHECK(verdict(accounts, token(R"({"alg":"none","alg":"HS256"})", claims)) ==
        "fault: its header cannot be read");
  CHECK(verdict(accounts, token(R"({"alg":"HS256"})", R"({"sub":"bob",)" + claims.substr(1))) ==
        "fault: its claims cannot be read");
  for (const auto* bad : {"", "[]", "7", "{", "\xFF", "null"}) {
    CHECK(verdict(accounts, token(bad, claims)).starts_with("fault: its header"));
    CHECK(verdict(accounts, token(R"({"alg":"HS256"})", bad)).starts_with("fault: its claims"));
  }
}

TEST_CASE("keys of other uses, weak ones and broken ones are left out of a set") {
  const SigningKey good("RS256", "good");
  auto encryption = SigningKey("RS256", "enc").jwk();
  encryption["use"] = "enc";
  auto other = SigningKey("RS256", "other").jwk();
  other["alg"] = "RS512";
  auto no_verify = SigningKey("RS256", "ops").jwk();
  no_verify["key_ops"] = {"sign"};
  auto one = good.jwk();
  one["kid"] = "one";
  one["e"] = "AQ";
  auto even = good.jwk();
  even["kid"] = "even";
  even["e"] = "Ag";
  const auto weak = SigningKey("RS256", "weak", 1024).jwk();
  auto secret = Claims{{"kty", "oct"}, {"k", "AAAA"}, {"kid", "oct"}};
  const auto set =
      KeySet::parse(key_set({encryption, other, no_verify, one, even, weak, secret, "text", good.jwk()}),
                    Algorithm::kRs256);
  CHECK(set.size() == 1);
  CHECK(set.find("good") != nullptr);
  CHECK(set.find("") != nullptr);
  auto off_curve = SigningKey("ES256").jwk();
  off_curve["y"] = off_curve["x"];
  CHECK_THROWS_WITH(KeySet::parse(key_set({off_curve}), Algorithm::kEs256),
                    "none of its 1 keys is for ES256");
  for (const auto* bad : {"", "{}", "[]", R"({"keys":7})", "<html>"})
    CHECK_THROWS_AS(KeySet::parse(bad, Algorithm::kEs256), std::runtime_error);
  // Two keys, and a token that names none: nobody guesses.
  const auto two = KeySet::parse(key_set({SigningKey("ES256", "a").jwk(), SigningKey("ES256", "b").jwk()}),
                                 Algorithm::kEs256);
  CHECK(two.find("") == nullptr);
  CHECK(two.find("b") != nullptr);
}

/// Keys whose address a test plays, with a clock that it moves.
struct Rotating {
  KeySource::Clock::time_point now{};
  std::string published;
  int reads = 0;
  KeySource source{Algorithm::kEdDsa, 600s,
                   [this] {
                     ++reads;
                     if (published.empty()) throw std::runtime_error("connection refused");
                     return published;
                   },
                   quiet(), [this] { return now; }};
};

TEST_CASE(
    "a new key is found by reading again, once in a while; old keys are used while the address is away") {
  Rotating keys;
  const SigningKey first("EdDSA", "first");
  const SigningKey second("EdDSA", "second");
  CHECK_THROWS_AS(keys.source.find("first"), KeysUnavailable);
  CHECK_THROWS_AS(keys.source.find("first"), KeysUnavailable);
  CHECK(keys.reads == 1);
  keys.now += KeySource::kPause;
  keys.published = key_set({first.jwk()});
  CHECK(keys.source.find("first"));
  CHECK(keys.reads == 2);
  // Invented ids do not flood the address.
  for (int i = 0; i < 100; ++i) CHECK(!keys.source.find("invented" + std::to_string(i)));
  CHECK(keys.reads == 2);
  // The key is changed: the first token that names the new one has it read.
  keys.published = key_set({first.jwk(), second.jwk()});
  keys.now += KeySource::kPause;
  CHECK(keys.source.find("second"));
  CHECK(keys.source.find("first"));
  CHECK(keys.reads == 3);
  // A key that is not published any more ends with its lifetime, not while the address is away.
  keys.published = key_set({second.jwk()});
  keys.source.refresh();
  CHECK(keys.reads == 3);
  keys.now += 600s;
  keys.published.clear();
  keys.source.refresh();
  CHECK(keys.reads == 4);
  CHECK(keys.source.find("first"));
  keys.source.refresh();
  CHECK(keys.reads == 4);
  keys.now += KeySource::kPause;
  keys.published = key_set({second.jwk()});
  keys.source.refresh();
  CHECK(!keys.source.find("first"));
  CHECK(keys.source.find("second"));
}

TEST_CASE("settings that cannot work, or would let anybody in, are refused with what to do") {
  const auto fault = [](const std::function<void(server::accounts::Settings&)>& change,
                        const std::string& algorithm) {
    auto settings = settings_of(algorithm);
    change(settings);
    try {
      Accounts::check(settings);
      return std::string();
    } catch (const base::Error& error) {
      CHECK(error.code == base::ExitCode::kUsage);
      CHECK(!error.hint.empty());
      return error.message;
    }
  };
  using Settings = server::accounts::Settings;
  for (const auto* algorithm : {"HS256", "RS256", "ES256", "EdDSA"})
    CHECK(fault([](Settings&) {}, algorithm).empty());
  CHECK_NOTHROW(Accounts::check({}));
  CHECK(fault([](Settings& one) { one.secret = {}; }, "HS256") ==
        "accounts.algorithm is HS256, and accounts.secret is not set");
  CHECK(fault([](Settings& one) { one.secret = config::Secret(std::string(31, 'x')); }, "HS256") ==
        "accounts.secret has 31 bytes, and HS256 needs 32");
  CHECK(fault([](Settings& one) { one.jwks_url = "https://a.example"; }, "HS256") ==
        "accounts.jwks_url is set, and accounts.algorithm is HS256");
  CHECK(fault([](Settings& one) { one.jwks_url.clear(); }, "RS256") ==
        "accounts.algorithm is RS256, and accounts.jwks_url is not set");
  CHECK(fault([](Settings& one) { one.secret = config::Secret(kAccountsSecret); }, "ES256") ==
        "accounts.secret is set, and accounts.algorithm is ES256");
  for (const auto* name : {"none", "hs256", "RS512", "PS256"})
    CHECK(fault([&](Settings& one) { one.algorithm = name; }, "HS256") ==
          "accounts.algorithm is `" + std::string(name) + "`, which is not supported");
  CHECK(fault([](Settings& one) { one.algorithm.clear(); }, "HS256") ==
        "accounts.secret or accounts.jwks_url is set, and accounts.algorithm is not");
}

}  // namespace
}  // namespace bigocean::server::accounts::accounts_test
