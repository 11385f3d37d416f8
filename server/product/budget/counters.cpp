// Writes the counters as samples.
#include "server/product/budget/counters.hpp"

namespace bigocean::server::budget {
namespace {

double dollars(NanoDollars amount) { return static_cast<double>(amount) / 1e9; }

double number(const Counters::Count& count) { return static_cast<double>(count.load()); }

}  // namespace

void Counters::saw_service(std::chrono::sys_days day, NanoDollars spent, NanoDollars reserved) {
  const std::lock_guard lock(mutex_);
  if (day >= service_.day) service_ = {day, spent, reserved};
}

std::vector<observe::Sample> Counters::samples() const {
  Service service;
  {
    const std::lock_guard lock(mutex_);
    service = service_;
  }
  std::vector<observe::Sample> all;
  const auto gauge = [&](std::string name, std::string help, double value) {
    all.push_back({std::move(name), std::move(help), false, {}, value});
  };
  const auto count = [&](std::string name, std::string help, const Count& value) {
    all.push_back({std::move(name), std::move(help), true, {}, number(value)});
  };
  gauge("bigocean_budget_spent_dollars", "Dollars that the whole service has spent on its latest day",
        dollars(service.spent));
  gauge("bigocean_budget_reserved_dollars", "Dollars reserved for calls under way",
        dollars(service.reserved));
  for (const Scope scope : kScopes) {
    all.push_back({"bigocean_budget_cap_dollars",
                   "Cap of a budget in dollars, by scope",
                   false,
                   {{"scope", std::string(scope_name(scope))}},
                   dollars(caps_.of(scope))});
  }
  for (const Scope scope : kScopes) {
    all.push_back({"bigocean_budget_refusals_total",
                   "Calls refused because a budget was used up",
                   true,
                   {{"scope", std::string(scope_name(scope))}},
                   number(refusals[static_cast<std::size_t>(scope)])});
  }
  for (const Scope scope : kScopes) {
    for (std::size_t i = 0; i < kWarnPercents.size(); ++i) {
      all.push_back(
          {"bigocean_budget_crossings_total",
           "Budgets that reached a share of their cap",
           true,
           {{"scope", std::string(scope_name(scope))}, {"percent", std::to_string(kWarnPercents[i])}},
           number(crossings[static_cast<std::size_t>(scope)][i])});
    }
  }
  count("bigocean_budget_overruns_total", "Calls that cost more than was reserved for them", overruns);
  count("bigocean_budget_swept_total", "Reservations charged in full because they expired unsettled", swept);
  count("bigocean_limits_refusals_total", "Requests refused by a rate limit", limited);
  gauge("bigocean_limits_in_memory", "1 while rate limits are counted in the process, without Redis",
        limits_in_memory ? 1 : 0);
  count("bigocean_limits_fallbacks_total", "How often the rate limits fell back from Redis to the process",
        limits_fallbacks);
  count("bigocean_mirror_failures_total", "Failed updates of the mirror of costs in Redis", mirror_failures);
  count("bigocean_mirror_rebuilds_total", "How often the mirror was rebuilt from the ledger",
        mirror_rebuilds);
  return all;
}

}  // namespace bigocean::server::budget
