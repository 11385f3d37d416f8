// The key of the migration lock, and the proof in each row of the history that its run is alone.
#include "sql/migrate/history/lock_key.hpp"

#include <fmt/format.h>

#include "base/checksum.hpp"

namespace bigocean::sql::migrate {

std::int64_t lock_key(std::string_view schema) {
  const auto digest = base::sha256_hex(fmt::format("bigocean migrate {}", schema));
  return static_cast<std::int64_t>(std::stoull(digest.substr(0, 16), nullptr, 16));
}

std::string is_alone_sql(std::int64_t key) {
  return fmt::format("pg_catalog.pg_try_advisory_xact_lock({})", key);
}

}  // namespace bigocean::sql::migrate
