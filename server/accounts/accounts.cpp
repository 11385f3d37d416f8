// Verifies a token: its form, its header, its signature, and only then its claims.
#include "server/accounts/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "server/accounts/base64url.hpp"
#include "server/accounts/signature.hpp"
#include "server/accounts/token_form.hpp"

namespace bigocean::server::accounts {
namespace {

using Json = nlohmann::json;
using base::Error;
using base::ExitCode;

constexpr std::size_t kSubjectBytesMax = 255;  // as OpenID Connect has it
constexpr std::size_t kSecretBytesMin = 32;    // RFC 7518, 3.2: as long as the hash

/// Reads a JSON object in base64url. A repeated member is a fault: two readers could choose different ones.
Json object_in(std::string_view text, std::string_view what) {
  const auto bytes = from_base64url(text);
  bool is_twice = false;
  std::vector<std::set<std::string>> names;
  const auto look = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second)
      is_twice = true;
    return true;
  };
  auto json = bytes ? Json::parse(*bytes, look, false) : Json(Json::value_t::discarded);
  if (!json.is_object() || is_twice) throw TokenFault(fmt::format("its {} cannot be read", what));
  return json;
}

/// Seconds since 1970, of a claim that is a time.
std::optional<double> time_in(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  if (!found->is_number()) throw TokenFault(fmt::format("its `{}` is not a time", name));
  return found->get<double>();
}

bool names_audience(const Json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return found->get<std::string>() == audience;
  return found->is_array() && std::find(found->begin(), found->end(), audience) != found->end();
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

void check_secret(const Settings& settings) {
  if (settings.secret.empty()) {
    throw Error(ExitCode::kUsage, "accounts.algorithm is HS256, and accounts.secret is not set",
                "set BIGOCEAN_ACCOUNTS_SECRET to the secret that your accounts sign with");
  }
  if (settings.secret.reveal().size() < kSecretBytesMin) {
    throw Error(ExitCode::kUsage,
                fmt::format("accounts.secret has {} bytes, and HS256 needs {}",
                            settings.secret.reveal().size(), kSecretBytesMin),
                "sign with a longer secret: `openssl rand -base64 48` makes one");
  }
  if (!settings.jwks_url.empty()) {
    throw Error(ExitCode::kUsage, "accounts.jwks_url is set, and accounts.algorithm is HS256",
                "RS256, ES256 and EdDSA use public keys; HS256 uses accounts.secret only");
  }
}

void check_keys(const Settings& settings) {
  if (settings.jwks_url.empty()) {
    throw Error(ExitCode::kUsage,
                fmt::format("accounts.algorithm is {}, and accounts.jwks_url is not set", settings.algorithm),
                "set BIGOCEAN_ACCOUNTS_JWKS_URL to the address where your accounts publish their keys");
  }
  if (!settings.secret.empty()) {
    throw Error(ExitCode::kUsage,
                fmt::format("accounts.secret is set, and accounts.algorithm is {}", settings.algorithm),
                "only HS256 uses a secret: unset BIGOCEAN_ACCOUNTS_SECRET, or set "
                "BIGOCEAN_ACCOUNTS_ALGORITHM to HS256");
  }
}

}  // namespace

void Accounts::check(const Settings& settings) {
  if (settings.algorithm.empty()) {
    if (settings.secret.empty() && settings.jwks_url.empty()) return;
    throw Error(ExitCode::kUsage,
                "accounts.secret or accounts.jwks_url is set, and accounts.algorithm is not",
                "set BIGOCEAN_ACCOUNTS_ALGORITHM to HS256, RS256, ES256 or EdDSA, as your accounts sign");
  }
  const auto algorithm = find_algorithm(settings.algorithm);
  if (!algorithm) {
    throw Error(ExitCode::kUsage,
                fmt::format("accounts.algorithm is `{}`, which is not supported", settings.algorithm),
                "use HS256, RS256, ES256 or EdDSA");
  }
  if (*algorithm == Algorithm::kHs256) {
    check_secret(settings);
  } else {
    check_keys(settings);
  }
}

Accounts::Accounts(const Settings& settings, base::Logger& log, Now now, KeySource::Read read)
    : settings_(settings), algorithm_(find_algorithm(settings.algorithm)), now_(std::move(now)) {
  check(settings_);
  for (const auto& [name, value] :
       {std::pair{"accounts.issuer", settings_.issuer}, std::pair{"accounts.audience", settings_.audience}}) {
    if (algorithm_ && value.empty())
      log.warn("a setting of accounts is empty: tokens with any value of it are accepted",
               {{"setting", name}});
  }
  if (!algorithm_ || *algorithm_ == Algorithm::kHs256) return;
  keys_.emplace(*algorithm_, settings_.keys_lifetime,
                read ? std::move(read) : http_reader(settings_.jwks_url, settings_.timeout), log);
}

Account Accounts::verify(std::string_view token) {
  if (!is_on()) throw TokenFault("tokens of accounts are not accepted here");
  const auto parts = parts_of(token);
  if (token.size() > kTokenBytesMax || !parts) throw TokenFault("it is not a signed token");
  const auto& [header, claims, signature] = *parts;
  const auto bytes = from_base64url(signature);
  if (!bytes) throw TokenFault("its signature cannot be read");
  verify_signature(header, token.substr(0, header.size() + 1 + claims.size()), *bytes);
  return read_claims(claims);
}

void Accounts::verify_signature(std::string_view header_text, std::string_view signed_text,
                                std::string_view signature) {
  const auto header = object_in(header_text, "header");
  if (text_in(header, "alg") != settings_.algorithm)
    throw TokenFault(fmt::format("it is not signed with {}", settings_.algorithm));
  // `crit` names extensions that must be understood; none is supported (RFC 7515, 4.1.11).
  if (header.contains("crit")) throw TokenFault("its header has `crit`");
  if (header.contains("typ")) {
    // Other kinds of signed documents do not prove who calls (RFC 8725, 3.11).
    const auto type = base::to_lower(text_in(header, "typ"));
    if (type != "jwt" && type != "at+jwt") throw TokenFault("its `typ` is not `JWT` or `at+jwt`");
  }
  bool is_right = false;
  if (keys_) {
    const auto key = keys_->find(text_in(header, "kid"));
    if (!key) throw TokenFault("its key is not known");
    is_right = key->verify(signed_text, signature);
  } else {
    is_right = verify_hmac(settings_.secret.reveal(), signed_text, signature);
  }
  if (!is_right) throw TokenFault("its signature is wrong");
}

Account Accounts::read_claims(std::string_view text) const {
  const auto claims = object_in(text, "claims");
  const auto now = std::chrono::duration<double>(now_().time_since_epoch()).count();
  const auto skew = std::chrono::duration<double>(settings_.clock_skew_max).count();
  const auto expires = time_in(claims, "exp");
  if (!expires) throw TokenFault("it has no `exp`: tokens must expire");
  if (!(now < *expires + skew)) throw TokenFault("it has expired");
  const auto begins = time_in(claims, "nbf");
  if (begins && !(now >= *begins - skew)) throw TokenFault("it is not valid yet");
  Account account{text_in(claims, "iss"), text_in(claims, "sub")};
  if (!settings_.issuer.empty() && account.issuer != settings_.issuer)
    throw TokenFault("it is from another issuer");
  if (!settings_.audience.empty() && !names_audience(claims, settings_.audience))
    throw TokenFault("it is for another audience");
  if (account.subject.empty() || account.subject.size() > kSubjectBytesMax ||
      account.issuer.size() > kSubjectBytesMax || has_control_characters(account.subject) ||
      has_control_characters(account.issuer)) {
    throw TokenFault("its `sub` or `iss` does not have 1 to 255 printable bytes");
  }
  return account;
}

void Accounts::refresh_keys() {
  if (keys_) keys_->refresh();
}

}  // namespace bigocean::server::accounts
