// Checksums: of migrations, and of what must be recognised without being known.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bigocean::base {

/// SHA-256 of `text` as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// SHA-256 of a text that comes piece by piece, with the hash of what has come so far at any time.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view piece);
  /// Of everything added so far, as 64 lower-case hex digits. Adding may go on.
  std::string hex() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace bigocean::base
