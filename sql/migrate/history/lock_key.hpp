// The key of the migration lock, and the proof in each row of the history that its run is alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bigocean::sql::migrate {

/// The key of the lock for a history schema: 64 bits of SHA-256("bigocean migrate " + schema).
std::int64_t lock_key(std::string_view schema);

/// SQL for a condition that is true as long as no other session holds the lock. Where it is true no other
/// session can take the lock until the transaction ends. The history puts it into the values of NOT NULL
/// columns, so that each row proves that the run which writes it is the only one.
std::string is_alone_sql(std::int64_t key);

}  // namespace bigocean::sql::migrate
