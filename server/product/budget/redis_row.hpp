// The row of check-redis about the mirror of the ledger.
#pragma once

#include "redis/check.hpp"

namespace bigocean::server::budget {

/// "cost_today": what the service has spent today, and its cap. For information only; the ledger in
/// PostgreSQL decides.
redis::ServiceRow cost_today_row();

}  // namespace bigocean::server::budget
