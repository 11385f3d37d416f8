// Reads key sets. A key for another use is not a fault: sets may hold such keys, too.
#include "server/accounts/key_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/json.hpp"
#include "server/accounts/base64url.hpp"

namespace bigocean::server::accounts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kKeysMax = 100;

std::string bytes_of(const Json& object, const char* name) {
  return from_base64url(base::string_member(object, name)).value_or("");
}

/// Whether a key declares another use.
bool is_for(const Json& key, Algorithm algorithm) {
  if (key.contains("use") && base::string_member(key, "use") != "sig") return false;
  if (key.contains("alg") && base::string_member(key, "alg") != name_of(algorithm)) return false;
  const auto uses = key.find("key_ops");
  if (uses == key.end()) return true;
  return uses->is_array() && std::find(uses->begin(), uses->end(), "verify") != uses->end();
}

std::optional<PublicKey> key_of(const Json& key, Algorithm algorithm) {
  const auto type = base::string_member(key, "kty");
  switch (algorithm) {
    case Algorithm::kRs256:
      if (type == "RSA") return PublicKey::rsa(bytes_of(key, "n"), bytes_of(key, "e"));
      break;
    case Algorithm::kEs256:
      if (type == "EC" && base::string_member(key, "crv") == "P-256")
        return PublicKey::p256(bytes_of(key, "x"), bytes_of(key, "y"));
      break;
    case Algorithm::kEdDsa:
      if (type == "OKP" && base::string_member(key, "crv") == "Ed25519")
        return PublicKey::ed25519(bytes_of(key, "x"));
      break;
    case Algorithm::kHs256:  // a secret is never read from an address
      break;
  }
  return std::nullopt;
}

}  // namespace

KeySet KeySet::parse(std::string_view json, Algorithm algorithm) {
  const auto document = Json::parse(json, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array())
    throw std::runtime_error("the document is not a JSON Web Key Set");
  KeySet set;
  for (const auto& one : document["keys"]) {
    if (!one.is_object() || !is_for(one, algorithm) || set.keys_.size() == kKeysMax) continue;
    if (auto key = key_of(one, algorithm))
      set.keys_.push_back({base::string_member(one, "kid"), std::move(*key)});
  }
  if (set.empty())
    throw std::runtime_error(
        fmt::format("none of its {} keys is for {}", document["keys"].size(), name_of(algorithm)));
  return set;
}

const PublicKey* KeySet::find(std::string_view id) const {
  if (id.empty()) return keys_.size() == 1 ? &keys_.front().key : nullptr;
  for (const auto& entry : keys_) {
    if (entry.id == id) return &entry.key;
  }
  return nullptr;
}

}  // namespace bigocean::server::accounts
