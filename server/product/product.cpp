// Assembles model, ledger, limits and use cases.
#include "server/product/product.hpp"

#include <fmt/format.h>

#include <csignal>
#include <optional>

#include "server/accounts/accounts.hpp"
#include "server/llm/dollars.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/budget/mirror.hpp"
#include "server/product/budget/rate_limits.hpp"
#include "server/product/conversation/analyst.hpp"
#include "server/service/background.hpp"

#include "server/llm/anthropic.hpp"
#include "server/product/assessment/scripted.hpp"
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/cost_outlook.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/conversation/retention.hpp"
#include "server/product/pages/pages.hpp"
#include "server/product/rpc/routes.hpp"

namespace bigocean::server {
namespace {

using namespace std::chrono_literals;

/// How often jobs are polled: this finds jobs of other processes, and retries.
constexpr auto kLookForJobs = 1s;
constexpr auto kHousekeeping = 10s;
/// How often cancellations are polled; a request to stop another process's answer waits about as long.
constexpr auto kLookForCancellations = 500ms;
constexpr auto kRetention = 1min;
constexpr auto kScripted = "scripted";

bool is_scripted(const product::Settings& settings) { return settings.anthropic.api_key.empty(); }

std::unique_ptr<llm::ChatModel> make_model(const product::Settings& settings,
                                           const base::Interrupt& calls_end) {
  if (is_scripted(settings)) return std::make_unique<llm::ScriptedModel>();
  return std::make_unique<llm::AnthropicModel>(settings.anthropic, &calls_end);
}

/// The settings for the model in use: the scripted one has its own name and costs nothing.
product::Settings effective(product::Settings settings) {
  if (!is_scripted(settings)) return settings;
  settings.anthropic.interviewer_model = kScripted;
  settings.anthropic.analyser_model = kScripted;
  settings.prices.push_back({.model = kScripted});
  return settings;
}

/// A cap below what the shortest interview may have to reserve would end every conversation with its first
/// message. This mistake is reported at start-up.
void check_caps(const product::Settings& settings, const llm::Prices& prices) {
  const base::Interrupt never;
  base::Logger silent(base::LogFormat::kText, base::LogLevel::kError, false);
  budget::Counters counters(budget::caps_of(settings.budget));
  budget::Ledger ledger(settings, silent, counters);
  const auto model = make_model(settings, never);
  const conversation::PaidModel paid(*model, prices, settings.anthropic, ledger, silent, {});
  const auto least = conversation::least_session_cap(paid, settings.assessment);
  const auto caps = budget::caps_of(settings.budget);
  for (const auto scope : budget::kScopes) {
    if (caps.of(scope) >= least) continue;
    throw base::Error(base::ExitCode::kUsage,
                      fmt::format("budget.{} is {}, which cannot pay for one conversation by {} and {}",
                                  budget::scope_name(scope), llm::format_dollars(caps.of(scope)),
                                  settings.anthropic.interviewer_model, settings.anthropic.analyser_model),
                      fmt::format("set it to {} or more, or choose cheaper models in [anthropic]",
                                  llm::format_dollars(least)));
  }
}

}  // namespace

struct Product::Impl {
  Impl(const product::Settings& settings_in, Stores& stores_in, base::Logger& log_in,
       FailureHook on_failure_in, base::Tracer* tracer)
      : settings(effective(settings_in)),
        stores(stores_in),
        log(log_in),
        on_failure(std::move(on_failure_in)),
        prices(settings.prices),
        model(make_model(settings, calls_end)),
        counters(budget::caps_of(settings.budget)),
        ledger(settings, log, counters),
        limits(stores.redis, settings.limits, log, counters),
        mirror(stores.redis, stores.database, ledger, log, counters),
        paid_model(
            *model, prices, settings.anthropic, ledger, log,
            [this](const budget::Settlement& settlement) { show(settlement); }, &model_calls),
        turns(stores.database, settings.assessment.turn_lease),
        challenge(settings.challenge, log),
        accounts(settings.accounts, log),
        analyst(settings, stores.database, ledger, paid_model, log, tracer),
        conversations({.settings = settings,
                       .database = stores.database,
                       .ledger = ledger,
                       .limits = limits,
                       .model = paid_model,
                       .turns = turns,
                       .log = log,
                       .on_job = [this] { wake(); },
                       .accounts = accounts,
                       .challenge = &challenge}),
        retention(settings, stores.database, ledger, log) {}

  void wake() {
    if (analyses) analyses->wake();
  }

  void show(const budget::Settlement& settlement) {
    mirror.note(settlement);
    if (mirroring) mirroring->wake();
  }

  bool keep_house() {
    const auto swept = ledger.sweep(stores.database);
    for (const auto& settlement : swept) {
      show(settlement);
      log.warn("a reservation was charged in full, because the usage of its call is unknown",
               {{"entry", static_cast<long long>(settlement.id)},
                {"cost_nanodollars", static_cast<long long>(settlement.cost)}});
    }
    mirror.look();
    const auto counts = analyst.jobs().counts();
    jobs_waiting = counts.waiting;
    jobs_dead = counts.dead;
    return swept.size() == budget::Ledger::kSweptMax;
  }

  const product::Settings settings;
  Stores& stores;
  base::Logger& log;
  const FailureHook on_failure;
  const llm::Prices prices;
  base::Interrupt calls_end;  ///< ends calls that belong to no turn
  const std::unique_ptr<llm::ChatModel> model;
  budget::Counters counters;
  budget::Ledger ledger;
  budget::RateLimits limits;
  budget::Mirror mirror;
  observe::ModelCalls model_calls;
  const conversation::PaidModel paid_model;
  conversation::Turns turns;
  accounts::Challenge challenge;
  accounts::Accounts accounts;
  conversation::Analyst analyst;
  conversation::Conversations conversations;
  conversation::Retention retention;
  std::atomic<std::int64_t> jobs_waiting{0};
  std::atomic<std::int64_t> jobs_dead{0};
  std::optional<Background> mirroring;
  std::optional<Background> analyses;
  std::optional<Background> housekeeping;
  std::optional<Background> renewals;
  std::optional<Background> cancellations;
  std::optional<Background> retaining;
  std::optional<Background> account_keys;
};

Product::Product(const product::Settings& settings, Stores& stores, base::Logger& log, FailureHook on_failure,
                 base::Tracer* tracer)
    : impl_(std::make_unique<Impl>(settings, stores, log, std::move(on_failure), tracer)) {}

Product::~Product() { end_calls(); }

void Product::check(const product::Settings& settings) {
  const auto used = effective(settings);
  accounts::Accounts::check(used.accounts);
  accounts::Challenge::check(used.challenge);
  const llm::Prices prices(used.prices);
  for (const auto& model : {used.anthropic.interviewer_model, used.anthropic.analyser_model}) {
    prices.find(model);
  }
  check_caps(used, prices);
}

void Product::start() {
  impl_->mirroring.emplace(
      "costs in Redis", 1, kHousekeeping,
      [this] {
        impl_->mirror.flush();
        return false;
      },
      impl_->log, impl_->on_failure);
  impl_->analyses.emplace(
      "analyses", static_cast<std::size_t>(impl_->settings.assessment.analysis_workers), kLookForJobs,
      [this] { return impl_->analyst.work(); }, impl_->log, impl_->on_failure);
  impl_->housekeeping.emplace(
      "housekeeping", 1, kHousekeeping, [this] { return impl_->keep_house(); }, impl_->log,
      impl_->on_failure);
  impl_->retaining.emplace(
      "retention", 1, kRetention, [this] { return impl_->retention.work(); }, impl_->log, impl_->on_failure);
  if (impl_->accounts.is_on()) {
    impl_->account_keys.emplace(
        "keys of accounts", 1, accounts::KeySource::kPause,
        [this] {
          impl_->accounts.refresh_keys();
          return false;
        },
        impl_->log, impl_->on_failure);
  }
  impl_->renewals.emplace(
      "leases of turns", 1, impl_->turns.lease() / 4,
      [this] {
        impl_->turns.renew_all();
        return false;
      },
      impl_->log, impl_->on_failure);
  impl_->cancellations.emplace(
      "cancelled answers", 1, kLookForCancellations,
      [this] {
        impl_->turns.cancel_asked();
        return false;
      },
      impl_->log, impl_->on_failure);
}

void Product::end_calls() {
  impl_->turns.stop();
  impl_->analyst.stop();
  impl_->calls_end.raise(SIGTERM);
}

void Product::stop() {
  impl_->analyst.stop();
  if (impl_->analyses) impl_->analyses->stop();
  if (impl_->housekeeping) impl_->housekeeping->stop();
  if (impl_->retaining) impl_->retaining->stop();
  if (impl_->account_keys) impl_->account_keys->stop();
}

std::vector<http::Route> Product::routes() {
  auto all = rpc::routes(impl_->conversations, impl_->settings);
  auto more = pages::routes(impl_->conversations, impl_->settings);
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

std::string_view Product::interviewer() const { return impl_->model->name(); }

std::string Product::metrics() const { return impl_->model_calls.text(); }

std::vector<observe::Sample> Product::samples() const {
  auto samples = impl_->counters.samples();
  const auto jobs = [&](const char* state, std::int64_t count) {
    samples.push_back({.name = "bigocean_analysis_jobs",
                       .help = "Analyses that are due (waiting) or given up (dead)",
                       .labels = {{"state", state}},
                       .value = static_cast<double>(count)});
  };
  jobs("waiting", impl_->jobs_waiting);
  jobs("dead", impl_->jobs_dead);
  return samples;
}

}  // namespace bigocean::server
