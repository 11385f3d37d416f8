// Hashes that other tools keep of their files.
#pragma once

#include <string_view>

namespace bigocean::sql::migrate {

enum class ForeignHash {
  kNone,
  kSha256,      ///< hex, over the file (drizzle, Prisma)
  kSha384,      ///< hex, over the file (sqlx)
  kFlywayCrc32  ///< signed decimal, over the lines without their ends and without a BOM
};

/// True if `hash` is that of `bytes`, a whole file. A hash over the file also fits if it is that of the same
/// text with the line ends of another system, LF or CRLF.
bool hash_fits(ForeignHash kind, std::string_view bytes, std::string_view hash);

/// "SHA-256"
std::string_view hash_name(ForeignHash kind);

}  // namespace bigocean::sql::migrate
