// A JSON Web Key Set (RFC 7517): selects the keys that may verify tokens, and finds the one that a token
// names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/accounts/signature.hpp"

namespace bigocean::server::accounts {

/// Immutable, so thread-safe.
class KeySet {
 public:
  KeySet() = default;

  /// The keys of `json` that are for signatures of `algorithm`; others are left out. Throws
  /// std::runtime_error when `json` is not a key set, or has no such key.
  static KeySet parse(std::string_view json, Algorithm algorithm);

  /// The key with this id. For a token without an id (empty) the only key, if the set has exactly one.
  /// Otherwise null.
  const PublicKey* find(std::string_view id) const;

  bool empty() const { return keys_.empty(); }
  std::size_t size() const { return keys_.size(); }

 private:
  struct Entry {
    std::string id;  ///< empty: it has none
    PublicKey key;
  };
  std::vector<Entry> keys_;
};

}  // namespace bigocean::server::accounts
