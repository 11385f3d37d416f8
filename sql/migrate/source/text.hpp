// Converts a migration file's bytes to text: one form to hash, to cut and to send.
#pragma once

#include <string>
#include <string_view>

namespace bigocean::sql::migrate {

/// How the data of a binary COPY begins (PostgreSQL, "COPY", Binary Format).
inline constexpr std::string_view kBinaryCopySignature("PGCOPY\n\xFF\r\n\0", 11);

/// The text without UTF-8 BOM and with LF line ends. Throws base::Error(kUsage) naming `file` and, 1-based,
/// the byte (and line) of the first invalid UTF-8 sequence, or of the first NUL byte. Inline data of a binary
/// COPY (it starts with PostgreSQL's 11-byte signature) is kept as it is and not checked.
std::string normalize(std::string_view bytes, std::string_view file);

}  // namespace bigocean::sql::migrate
