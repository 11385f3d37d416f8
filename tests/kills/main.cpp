// Kills `bigocean serve` at random moments while people talk with it, and counts messages and money
// afterwards. Usage: kills [KILLS]; environment: SEED.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <random>
#include <thread>

#include "tests/kills/talkers.hpp"
#include "tests/kills/verdicts.hpp"
#include "tests/support/anthropic.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::kills {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTalkers = 8;

test::ModelAnswer answer(const test::ModelRequest& request) {
  auto answer = test::AnthropicStandIn::default_answer(request);
  answer.first_delay = 10ms;
  answer.piece_delay = 2ms;
  return answer;
}

/// The service, killed and started again on one port.
class Service {
 public:
  Service(std::map<std::string, std::string> environment, int port) : environment_(std::move(environment)) {
    environment_["PORT"] = std::to_string(port);
    start();
  }
  void start() {
    test::ProcessOptions options;
    options.environment = environment_;
    options.working_directory = folder_.path();
    process_ = std::make_unique<test::Process>(std::vector<std::string>{BIGOCEAN_BINARY, "serve"}, options);
  }
  void kill() {
    process_->signal(SIGKILL);
    process_->wait();
  }
  bool running() { return process_->running(); }

 private:
  std::map<std::string, std::string> environment_;
  test::TempDir folder_;
  std::unique_ptr<test::Process> process_;
};

/// Returns how many things are wrong.
std::size_t run(long kills, unsigned long seed) {
  test::PrivatePostgres postgres;
  test::PrivateRedis redis;
  test::AnthropicStandIn model(answer, {.keeps_requests = false});
  const auto url = postgres.create_database();
  const int port = test::free_port();
  std::map<std::string, std::string> environment{{"DATABASE_URL", url},
                                                 {"REDIS_URL", redis.url()},
                                                 {"ANTHROPIC_API_KEY", model.key()},
                                                 {"ANTHROPIC_BASE_URL", model.url()},
                                                 {"BIGOCEAN_ASSESSMENT_TURN_LEASE", "1s"},
                                                 {"BIGOCEAN_BUDGET_USER_DAY", "75"},
                                                 {"BIGOCEAN_BUDGET_ADDRESS_DAY", "75"}};
  for (const auto* limit :
       {"ASSESSMENTS_PER_USER_DAY", "MESSAGES_PER_USER_MINUTE", "ASSESSMENTS_PER_ADDRESS_DAY",
        "ASSESSMENTS_PER_NETWORK_DAY", "REQUESTS_PER_ADDRESS_MINUTE"}) {
    environment[std::string("BIGOCEAN_LIMITS_") + limit] = "6000";
  }
  test::ProcessOptions options;
  options.environment = environment;
  const auto migrated = test::run({BIGOCEAN_BINARY, "migrate"}, options);
  if (migrated.exit_code != 0) throw std::runtime_error("migrate: " + migrated.out + migrated.err);

  Service service(environment, port);
  Talkers talkers(port, kTalkers);
  std::mt19937_64 random(seed);
  for (long i = 1; i <= kills; ++i) {
    // At a random moment of the work: so many answers after the start, and then some.
    const auto before = talkers.answered();
    test::wait_until("the talkers to be answered", 60s, [&] {
      if (const auto fault = talkers.fault(); !fault.empty()) throw std::runtime_error(fault);
      return talkers.answered() >= before + 4;
    });
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<int>(0, 150)(random)));
    if (i % 3 == 0) {
      redis.stop();  // without what it held: the limits begin anew, money must not
      redis.start();
    }
    if (!service.running()) throw std::runtime_error("the service ended by itself");
    service.kill();
    service.start();
  }
  const auto answers = talkers.stop();
  service.kill();
  // What the killed ones left behind: as if their reservations' time were over. While one runs it could leave
  // another one.
  test::query(url, "UPDATE ledger_entries SET expires_at = now() WHERE settled_at IS NULL");
  service.start();
  test::wait_until("the sweeper", 60s, [&] {
    return test::query(url, "SELECT count(*) FROM ledger_entries WHERE settled_at IS NULL").at(0).at(0) ==
           "0";
  });
  service.kill();
  const auto faults = faults_of(url, answers, model.billed());
  for (const auto& fault : faults) fmt::print("  {}\n", fault);
  fmt::print("{} kills, {} answers, {} things wrong (seed {})\n", kills, answers.size(), faults.size(), seed);
  return faults.size();
}

}  // namespace
}  // namespace bigocean::kills

int main(int count, char** arguments) {
  try {
    const long kills = count > 1 ? std::atol(arguments[1]) : 5;
    const char* seed = std::getenv("SEED");
    return bigocean::kills::run(
               kills, seed != nullptr ? std::strtoul(seed, nullptr, 10) : std::random_device{}()) == 0
               ? 0
               : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "kills: {}\n", error.what());
    return 1;
  }
}
