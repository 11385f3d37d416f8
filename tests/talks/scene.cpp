// Starting, settling and stopping.
#include "tests/talks/scene.hpp"

#include <fmt/format.h>

#include <csignal>
#include <stdexcept>

#include "tests/support/http_client.hpp"

namespace bigocean::talks {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kCachedTokensMin = 4096;

}  // namespace

Scene::Scene(std::uint64_t seed, const Environment& common, const std::array<Environment, kReplicas>& own)
    : api_(model(seed),
           {.keeps_requests = false, .keeps_calls = true, .cache_prefix_tokens_min = kCachedTokensMin}) {
  Environment environment{{"DATABASE_URL", database_url_},
                          {"REDIS_URL", redis_.url()},
                          {"ANTHROPIC_API_KEY", api_.key()},
                          {"ANTHROPIC_BASE_URL", api_.url()},
                          // Each person comes with an address of his own, as through a proxy.
                          {"BIGOCEAN_SERVER_TRUSTED_PROXIES", "127.0.0.0/8"},
                          {"BIGOCEAN_ASSESSMENT_ANALYSIS_ATTEMPTS_MAX", "2"}};
  for (const auto* limit :
       {"ASSESSMENTS_PER_USER_DAY", "MESSAGES_PER_USER_MINUTE", "ASSESSMENTS_PER_ADDRESS_DAY",
        "MESSAGES_PER_ADDRESS_MINUTE", "ASSESSMENTS_PER_NETWORK_DAY", "REQUESTS_PER_ADDRESS_MINUTE"}) {
    environment[std::string("BIGOCEAN_LIMITS_") + limit] = "6000";
  }
  environment.insert(common.begin(), common.end());
  test::ProcessOptions options;
  options.working_directory = folder_.path();
  options.environment = environment;
  const auto migrated = test::run({BIGOCEAN_BINARY, "migrate"}, options);
  if (migrated.exit_code != 0) throw std::runtime_error("migrate: " + migrated.out + migrated.err);
  for (std::size_t i = 0; i < kReplicas; ++i) {
    ports_.at(i) = test::free_port();
    options.environment = environment;
    for (const auto& [name, value] : own.at(i)) options.environment[name] = value;
    options.environment["PORT"] = std::to_string(ports_.at(i));
    replicas_.at(i) =
        std::make_unique<test::Process>(std::vector<std::string>{BIGOCEAN_BINARY, "serve"}, options);
    test::wait_until("a replica to be ready", 60s, [&] {
      if (!replicas_.at(i)->running())
        throw std::runtime_error("serve: " + replicas_.at(i)->out() + replicas_.at(i)->err());
      return test::fetch(port(i), {.path = "/ready"}, 5s).status == 200;
    });
  }
}

void Scene::settle() {
  for (const auto& replica : replicas_) {
    if (!replica->running()) throw std::runtime_error("a replica ended: " + replica->err());
  }
  test::wait_until("the sessions to be free", 60s,
                   [&] { return value("SELECT count(*) FROM sessions WHERE turn_ends_by > now()") == "0"; });
  // A session's analyses are made in their order. Those that wait for the next day's budget are nobody's
  // today, nor are those behind them; a worker has one for less than three minutes.
  test::wait_until("the analyses", 300s, [&] {
    return value(
               "SELECT count(*) FROM analysis_jobs j WHERE died_at IS NULL"
               " AND run_after < now() + interval '3 minutes'"
               " AND NOT EXISTS (SELECT FROM analysis_jobs earlier WHERE earlier.user_id = j.user_id"
               "   AND earlier.session_id = j.session_id AND earlier.through_position < j.through_position"
               "   AND earlier.died_at IS NULL)") == "0";
  });
  test::query(database_url_, "UPDATE ledger_entries SET expires_at = now() WHERE settled_at IS NULL");
  test::wait_until("the sweeper", 120s, [&] {
    return value("SELECT count(*) FROM ledger_entries WHERE settled_at IS NULL") == "0";
  });
}

void Scene::stop() {
  for (auto& replica : replicas_) replica->signal(SIGTERM);
  for (auto& replica : replicas_) {
    const auto finished = replica->wait(60s);
    if (finished.exit_code != 0)
      throw std::runtime_error(fmt::format("serve ended with {}: {}", finished.exit_code, finished.err));
  }
}

}  // namespace bigocean::talks
