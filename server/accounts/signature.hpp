// Signatures of tokens: the four algorithms, and public keys from JSON Web Keys.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::server::accounts {

/// RFC 7518 and RFC 8037.
enum class Algorithm { kHs256, kRs256, kEs256, kEdDsa };

/// By its name in a token's header: "HS256", "RS256", "ES256", "EdDSA".
std::optional<Algorithm> find_algorithm(std::string_view name);
std::string_view name_of(Algorithm algorithm);

/// Whether `signature` is the HMAC-SHA-256 of `text`; takes the same time wherever the two differ.
bool verify_hmac(std::string_view secret, std::string_view text, std::string_view signature);

/// A public key for one algorithm. Immutable, so thread-safe; copies share it.
class PublicKey {
 public:
  /// `modulus` and `exponent` are big-endian. Nothing for a key of less than 2,048 bits, and for an invalid
  /// key.
  static std::optional<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  /// A point of P-256, 32 bytes each. Nothing for a point that is not on the curve.
  static std::optional<PublicKey> p256(std::string_view x, std::string_view y);
  /// 32 bytes.
  static std::optional<PublicKey> ed25519(std::string_view x);

  Algorithm algorithm() const { return algorithm_; }

  /// `signature` has the form of RFC 7515: for ES256 two numbers of 32 bytes each. Throws
  /// base::Error(kInternal) when OpenSSL is missing.
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  PublicKey(Algorithm algorithm, std::shared_ptr<void> key) : algorithm_(algorithm), key_(std::move(key)) {}
  static std::optional<PublicKey> of_der(Algorithm algorithm, const std::string& info);

  Algorithm algorithm_;
  std::shared_ptr<void> key_;  ///< EVP_PKEY
};

}  // namespace bigocean::server::accounts
