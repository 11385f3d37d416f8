// Accounts of another issuer: keys, key sets and tokens signed with them, by OpenSSL itself.
#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/accounts/base64url.hpp"

namespace bigocean::test {

using Claims = nlohmann::json;
using server::accounts::to_base64url;

/// A private key of one algorithm: "RS256", "ES256", "EdDSA".
class SigningKey {
 public:
  explicit SigningKey(std::string algorithm, std::string id = "k1", unsigned bits = 2048)
      : algorithm_(std::move(algorithm)), id_(std::move(id)) {
    if (algorithm_ == "RS256") {
      key_.reset(EVP_RSA_gen(bits), EVP_PKEY_free);
    } else if (algorithm_ == "ES256") {
      key_.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
    } else {
      key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
    }
    if (key_ == nullptr) throw std::runtime_error("OpenSSL made no key");
  }

  const std::string& id() const { return id_; }

  /// As RFC 7515 has it.
  std::string sign(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const auto* digest = algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
    std::size_t size = 1024;
    std::string signature(size, '\0');
    if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), bytes(signature), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
      throw std::runtime_error("OpenSSL signed nothing");
    }
    signature.resize(size);
    return algorithm_ == "ES256" ? numbers_of(signature) : signature;
  }

  Claims jwk() const {
    Claims key{{"kid", id_}, {"use", "sig"}, {"alg", algorithm_}};
    if (algorithm_ == "RS256") {
      key["kty"] = "RSA";
      key["n"] = to_base64url(number(OSSL_PKEY_PARAM_RSA_N));
      key["e"] = to_base64url(number(OSSL_PKEY_PARAM_RSA_E));
    } else if (algorithm_ == "ES256") {
      key["kty"] = "EC";
      key["crv"] = "P-256";
      key["x"] = to_base64url(number(OSSL_PKEY_PARAM_EC_PUB_X, 32));
      key["y"] = to_base64url(number(OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    } else {
      std::string raw(32, '\0');
      std::size_t size = raw.size();
      EVP_PKEY_get_raw_public_key(key_.get(), bytes(raw), &size);
      key["kty"] = "OKP";
      key["crv"] = "Ed25519";
      key["x"] = to_base64url(raw);
    }
    return key;
  }

  /// The public key as people publish it, which a confused verifier might take for a secret.
  std::string pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
  }

 private:
  static unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

  std::string number(const char* name, int size = 0) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &number);
    std::string text(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number) : size), '\0');
    BN_bn2binpad(number, bytes(text), static_cast<int>(text.size()));
    BN_free(number);
    return text;
  }

  static std::string numbers_of(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string text(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(text), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(text) + 32, 32);
    return text;
  }

  std::string algorithm_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

inline std::string key_set(const std::vector<Claims>& keys) { return Claims{{"keys", keys}}.dump(); }

inline std::string signing_input(const Claims& header, const Claims& claims) {
  return to_base64url(header.dump()) + "." + to_base64url(claims.dump());
}

inline std::string signed_token(const SigningKey& key, const Claims& header, const Claims& claims) {
  const auto text = signing_input(header, claims);
  return text + "." + to_base64url(key.sign(text));
}

inline std::string hmac_token(const std::string& secret, const Claims& header, const Claims& claims) {
  const auto text = signing_input(header, claims);
  unsigned char code[32];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, &size);
  return text + "." + to_base64url({reinterpret_cast<const char*>(code), size});
}

/// Claims that are good for an hour, of an issuer and for an audience that tests agree on.
inline Claims good_claims(const std::string& subject = "ada") {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  return {{"iss", "https://accounts.example"}, {"aud", "bigocean"}, {"sub", subject}, {"exp", now + 3600}};
}

inline const std::string kAccountsSecret = "a secret of more than thirty-two bytes, for tests";

}  // namespace bigocean::test
