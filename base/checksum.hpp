// SHA-256: checksums of migrations, and hashes of tokens that are recognised without being stored.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bigocean::base {

/// SHA-256 of `text` as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// SHA-256 of a text that arrives in pieces. The hash of the pieces so far can be read at any time. Not
/// thread-safe.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view piece);
  /// The hash of everything added so far, as 64 lower-case hex digits. More may be added afterwards.
  std::string hex() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace bigocean::base
