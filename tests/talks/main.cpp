// Runs random conversations from a seed with two replicas of `bigocean serve` whose model misbehaves, and
// compares what was said, charged and billed. Usage: talks [MESSAGES]; environment: SEED.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <stop_token>
#include <thread>

#include "tests/talks/books.hpp"
#include "tests/talks/people.hpp"
#include "tests/talks/scene.hpp"
#include "tests/talks/stored.hpp"

namespace bigocean::talks {
namespace {

using namespace std::chrono_literals;

/// Nano-dollars a dollar.
constexpr double kDollar = 1e9;
constexpr std::size_t kCappedMessages = 400;
constexpr const char* kSmallCap = "0.05";
constexpr std::int64_t kSmallCapNano = 50'000'000;

/// Looks at what the service's days have spent and reserved, over and over.
class CapWatcher {
 public:
  explicit CapWatcher(const std::string& database_url) : session_(database_url) {}

  /// The most of all looks; throws what a look has thrown.
  std::int64_t stop() {
    thread_.request_stop();
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return most_;
  }

 private:
  void watch(const std::stop_token& over) {
    try {
      while (!over.stop_requested()) {
        const auto rows = session_.run("SELECT coalesce(max(spent + reserved), 0) FROM service_budgets");
        most_ = std::max<std::int64_t>(most_, std::stoll(rows.at(0).at(0)));
        std::this_thread::sleep_for(5ms);
      }
    } catch (const std::exception&) {
      failure_ = std::current_exception();
    }
  }

  test::Session session_;
  std::int64_t most_ = 0;
  std::exception_ptr failure_;
  std::jthread thread_{[this](const std::stop_token& over) { watch(over); }};
};

void print_list(const std::vector<Estimated>& estimated) {
  fmt::print("calls whose usage did not arrive; billed, charged, reserved in nano-dollars\n");
  for (const auto& one : estimated) {
    fmt::print("  {:10} {:55} {:>10} {:>10} {:>10}\n", one.request_id.empty() ? "-" : one.request_id,
               one.kind, one.bill, one.charged, one.reserved);
  }
}

std::size_t print_faults(const std::vector<std::string>& faults) {
  for (const auto& fault : faults) fmt::print("  FAULT {}\n", fault);
  return faults.size();
}

/// Compares everything, prints it, and returns how many things are wrong.
std::size_t close(const std::string& name, Scene& scene, const Notes& notes) {
  scene.settle();
  scene.stop();
  const auto calls = scene.api().calls();
  const auto figures = compare_calls(scene.database_url(), calls, notes.cancels);
  print_list(figures.estimated);
  const auto faults = print_faults(notes.faults) + print_faults(figures.faults) +
                      print_faults(faults_of_budgets(scene.database_url())) +
                      print_faults(faults_of_messages(scene.database_url(), notes, calls));
  fmt::print(
      "{}: {} messages in {} conversations, {} complete; {} answers, {} refusals, {} unavailable, {} "
      "cancelled, "
      "{} capped; {} calls, {} of them errors; {} entries: {} as billed, {} listed, {} released; ${:.6f} "
      "billed, "
      "${:.6f} charged; {} things wrong\n",
      name, notes.messages, notes.conversations, notes.completed, notes.answered, notes.refused,
      notes.unavailable, notes.cancelled, notes.capped, figures.calls, figures.errors, figures.entries,
      figures.exact, figures.estimated.size(), figures.released,
      static_cast<double>(figures.billed) / kDollar, static_cast<double>(figures.charged) / kDollar, faults);
  std::fflush(stdout);
  return faults;
}

/// Budgets that do not bind, two interviewers and two analysers: one of each thinks where it may.
std::size_t talk_freely(std::size_t messages, std::uint64_t seed) {
  Scene scene(seed,
              {{"BIGOCEAN_BUDGET_SESSION", "1000"},
               {"BIGOCEAN_BUDGET_USER_DAY", "1000"},
               {"BIGOCEAN_BUDGET_ADDRESS_DAY", "100000"},
               {"BIGOCEAN_BUDGET_SERVICE_DAY", "1000000"}},
              {{{{"BIGOCEAN_INTERVIEWER_MODEL", "claude-haiku-5-5"},
                 {"BIGOCEAN_ANALYSER_MODEL", "claude-sonnet-5-5"}},
                {{"BIGOCEAN_INTERVIEWER_MODEL", "claude-opus-5-5"},
                 {"BIGOCEAN_ANALYSER_MODEL", "claude-opus-5-5"}}}});
  const auto notes = talk(scene, {.seed = seed, .messages = messages});
  auto faults = close("freely", scene, notes);
  if (notes.answered == 0 || notes.refused == 0) faults += print_faults({"nobody was answered, or refused"});
  if (scene.value("SELECT count(DISTINCT model) FROM ledger_entries") != "3")
    faults += print_faults({"not all models were asked"});
  return faults;
}

/// A service's day that does not last for everybody: what is spent and reserved is never more than it has.
std::size_t talk_within_a_cap(std::uint64_t seed) {
  Scene scene(seed,
              {{"BIGOCEAN_BUDGET_SESSION", kSmallCap},
               {"BIGOCEAN_BUDGET_USER_DAY", kSmallCap},
               {"BIGOCEAN_BUDGET_ADDRESS_DAY", kSmallCap},
               {"BIGOCEAN_BUDGET_SERVICE_DAY", kSmallCap}},
              {});
  CapWatcher watcher(scene.database_url());
  const auto notes = talk(scene, {.seed = seed, .messages = kCappedMessages, .caps_may_bind = true});
  const auto most = watcher.stop();
  auto faults = close("capped", scene, notes);
  const auto spent = std::stoll(scene.value("SELECT coalesce(max(spent), 0) FROM service_budgets"));
  fmt::print("capped: at most ${:.6f} spent and reserved, ${:.6f} spent, of ${}\n",
             static_cast<double>(most) / kDollar, static_cast<double>(spent) / kDollar, kSmallCap);
  if (most > kSmallCapNano || spent > kSmallCapNano) faults += print_faults({"the cap was exceeded"});
  if (notes.capped == 0) faults += print_faults({"the cap did not bind"});
  return faults;
}

}  // namespace
}  // namespace bigocean::talks

int main(int count, char** arguments) {
  try {
    const auto messages = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 500;
    const char* given = std::getenv("SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoul(given, nullptr, 10) : std::random_device{}();
    fmt::print("seed {}\n", seed);
    std::fflush(stdout);
    const auto faults =
        bigocean::talks::talk_freely(messages, seed) + bigocean::talks::talk_within_a_cap(seed);
    fmt::print("{} things wrong (seed {})\n", faults, seed);
    return faults == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "talks: {}\n", error.what());
    return 1;
  }
}
