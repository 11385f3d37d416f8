// What the program's service adds to check-redis.
#pragma once

#include <span>

#include "redis/check.hpp"

namespace bigocean::cli {

/// Defined beside subcommands(), for the toolkit or for the product.
std::span<const redis::ServiceRow> redis_rows();

}  // namespace bigocean::cli
