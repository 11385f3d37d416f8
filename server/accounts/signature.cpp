// Keys go into OpenSSL, and ECDSA's numbers into its form of a signature, as the few lines of DER that hold
// them.
#include "server/accounts/signature.hpp"

#include <array>
#include <cstdint>

#include "base/constant_time.hpp"
#include "base/net/openssl.hpp"

namespace bigocean::server::accounts {
namespace {

constexpr std::size_t kRsaBytesMin = 256;   // 2,048 bits
constexpr std::size_t kRsaBytesMax = 1024;  // larger keys take long to verify and are not used
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kHmacBytes = 32;

// What follows SEQUENCE and its length in a SubjectPublicKeyInfo: the algorithm (RFC 3279, 5480, 8410).
constexpr std::string_view kRsaAlgorithm("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
constexpr std::string_view kP256Algorithm(
    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 21);
constexpr std::string_view kEd25519Algorithm("\x30\x05\x06\x03\x2b\x65\x70", 7);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string der(char tag, std::string_view content) {
  std::string out(1, tag);
  const auto size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else if (size <= 0xFF) {
    out += '\x81';
    out += static_cast<char>(size);
  } else {
    out += '\x82';
    out += static_cast<char>(size >> 8U);
    out += static_cast<char>(size & 0xFFU);
  }
  return out.append(content);
}

constexpr char kInteger = '\x02';
constexpr char kBitString = '\x03';
constexpr char kSequence = '\x30';

std::string_view without_zeros(std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  return number;
}

/// A number of zero or more, big-endian, as INTEGER.
std::string der_integer(std::string_view number) {
  number = without_zeros(number);
  std::string content(number);
  if (content.empty() || (static_cast<unsigned char>(content.front()) & 0x80U) != 0)
    content.insert(0, 1, '\0');
  return der(kInteger, content);
}

std::string public_key_info(std::string_view algorithm, std::string_view key) {
  return der(kSequence, std::string(algorithm) + der(kBitString, std::string(1, '\0').append(key)));
}

}  // namespace

std::optional<Algorithm> find_algorithm(std::string_view name) {
  for (const auto algorithm : {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
    if (name_of(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHs256:
      return "HS256";
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEdDsa:
      break;
  }
  return "EdDSA";
}

bool verify_hmac(std::string_view secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, kHmacBytes> code{};
  unsigned size = 0;
  if (crypto::hmac(crypto::sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text),
                   text.size(), code.data(), &size) == nullptr ||
      size != kHmacBytes) {
    return false;
  }
  return base::equal_in_constant_time({reinterpret_cast<const char*>(code.data()), code.size()}, signature);
}

std::optional<PublicKey> PublicKey::of_der(Algorithm algorithm, const std::string& info) {
  const auto* at = bytes_of(info);
  auto* key = crypto::parse_public_key(nullptr, &at, static_cast<long>(info.size()));
  crypto::clear_error();  // ours is the only call on this thread that could have left one
  if (key == nullptr) return std::nullopt;
  return PublicKey(algorithm, std::shared_ptr<void>(
                                  key, [](void* one) { crypto::free_key(static_cast<EVP_PKEY*>(one)); }));
}

std::optional<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  modulus = without_zeros(modulus);
  exponent = without_zeros(exponent);
  const bool is_long_enough = modulus.size() >= kRsaBytesMin && modulus.size() <= kRsaBytesMax &&
                              (modulus.size() > kRsaBytesMin || (modulus.front() & 0x80) != 0);
  const auto is_odd = [](std::string_view number) { return (number.back() & 1) != 0; };
  // An exponent of 1 would make every text its own signature.
  const bool is_exponent =
      !exponent.empty() && exponent.size() <= 8 && is_odd(exponent) && exponent != "\x01";
  if (!is_long_enough || !is_odd(modulus) || !is_exponent) return std::nullopt;
  const auto key = der(kSequence, der_integer(modulus) + der_integer(exponent));
  return of_der(Algorithm::kRs256, public_key_info(kRsaAlgorithm, key));
}

std::optional<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return std::nullopt;
  return of_der(Algorithm::kEs256, public_key_info(kP256Algorithm, std::string("\x04").append(x).append(y)));
}

std::optional<PublicKey> PublicKey::ed25519(std::string_view x) {
  if (x.size() != kCoordinateBytes) return std::nullopt;
  return of_der(Algorithm::kEdDsa, public_key_info(kEd25519Algorithm, x));
}

bool PublicKey::verify(std::string_view text, std::string_view signature) const {
  std::string form(signature);
  if (algorithm_ == Algorithm::kEs256) {
    if (signature.size() != 2 * kCoordinateBytes) return false;
    form = der(kSequence, der_integer(signature.substr(0, kCoordinateBytes)) +
                              der_integer(signature.substr(kCoordinateBytes)));
  }
  const auto free_context = [](EVP_MD_CTX* one) { crypto::free_digest(one); };
  const std::unique_ptr<EVP_MD_CTX, decltype(free_context)> context(crypto::new_digest(), free_context);
  // Ed25519 hashes by itself.
  const EVP_MD* digest = algorithm_ == Algorithm::kEdDsa ? nullptr : crypto::sha256();
  const bool is_right =
      context != nullptr &&
      crypto::verify_init(context.get(), nullptr, digest, nullptr, static_cast<EVP_PKEY*>(key_.get())) == 1 &&
      crypto::verify(context.get(), bytes_of(form), form.size(), bytes_of(text), text.size()) == 1;
  crypto::clear_error();
  return is_right;
}

}  // namespace bigocean::server::accounts
