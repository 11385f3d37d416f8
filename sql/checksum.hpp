// Checksums: of migrations, and of what must be recognised without being known.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::sql {

/// SHA-256 of `text` as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace bigocean::sql
