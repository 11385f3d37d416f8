// The row of check-redis about the mirror of the ledger.
#include "server/product/budget/redis_row.hpp"

#include <limits>

#include "base/text.hpp"
#include "server/llm/dollars.hpp"
#include "server/product/budget/cost_key.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::budget {
namespace {

std::string key_of(std::chrono::sys_days today) { return cost_key(kWholeService, today); }

base::Check judge_cost(const redis::Reply& cost, const config::Settings& settings) {
  const auto spent = base::parse_digits(cost.text, std::numeric_limits<std::int64_t>::max());
  const auto limit = "$" + llm::format_dollars(product::of(settings).budget.service_day.nano);
  std::string seen = "nothing spent yet";
  if (spent) seen = "$" + llm::format_dollars(static_cast<std::int64_t>(*spent)) + " of " + limit;
  if (!spent && !cost.is_nil()) seen = "not a number";
  return {"cost_today", base::CheckLevel::kInfo, std::move(seen), {}, {}, {}};
}

}  // namespace

redis::ServiceRow cost_today_row() {
  return {.id = "cost_today", .pattern = "cost:*", .key = key_of, .judge = judge_cost};
}

}  // namespace bigocean::server::budget
