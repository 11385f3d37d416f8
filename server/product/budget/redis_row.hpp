// The row of check-redis about money: what the mirror of the ledger says.
#pragma once

#include "redis/check.hpp"

namespace bigocean::server::budget {

/// "cost_today": what the service spent today, of how much. For information; PostgreSQL has the last word.
redis::ServiceRow cost_today_row();

}  // namespace bigocean::server::budget
