// Kills `bigocean migrate` at random moments, runs it once more, and compares with an undisturbed run.
// Usage: faults [KILLS]; environment: KILLS, FILES, SEED.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/faults/files.hpp"
#include "tests/faults/fingerprint.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace bigocean::test;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kRunLimit{120};

long number_from(const char* text, long otherwise) { return text == nullptr ? otherwise : std::atol(text); }

class FaultTest {
 public:
  FaultTest(int files, unsigned long seed) : random_(seed) { write_files(folder_.path(), files); }

  /// Returns how many rounds ended in another database than the undisturbed run's.
  long run(long kills) {
    measure_undisturbed();
    long failures = 0, in_the_middle = 0;
    for (long i = 1; i <= kills; ++i) {
      const microseconds delay(std::uniform_int_distribution<long>(0, duration_.count())(random_));
      const auto fault = one_round(delay, in_the_middle);
      if (fault.empty()) continue;
      ++failures;
      std::printf("kill %ld of %ld, after %.1f ms: %s\n", i, kills, static_cast<double>(delay.count()) / 1000,
                  fault.c_str());
      std::fflush(stdout);
    }
    std::printf("%ld kills, %ld of them while it worked: %ld recovered, %ld failed\n", kills, in_the_middle,
                kills - failures, failures);
    return failures;
  }

 private:
  Process start(const std::string& url) const {
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url}};
    options.working_directory = folder_.path();
    return Process({BIGOCEAN_BINARY, "migrate", "--dir", folder_.path()}, options);
  }

  void measure_undisturbed() {
    const auto url = postgres_.create_database();
    const auto began = Clock::now();
    const auto done = start(url).wait(kRunLimit);
    duration_ = std::chrono::duration_cast<microseconds>(Clock::now() - began);
    if (done.exit_code != 0) throw std::runtime_error("the undisturbed run failed:\n" + done.out + done.err);
    expected_ = fingerprint(url);
    if (expected_.find(" valid f") != std::string::npos) throw std::runtime_error("an index is invalid");
    std::printf("undisturbed run: %.0f ms, %zu bytes of facts\n",
                static_cast<double>(duration_.count()) / 1000, expected_.size());
  }

  /// What went wrong, or empty.
  std::string one_round(microseconds delay, long& in_the_middle) {
    const auto url = postgres_.create_database();
    std::string fault;
    {
      auto killed = start(url);
      std::this_thread::sleep_for(delay);
      killed.signal(SIGKILL);
      const auto end = killed.wait(kRunLimit);
      in_the_middle += end.exit_code == 128 + SIGKILL ? 1 : 0;
    }
    // At once: what the killed one left running on the server is the engine's business.
    const auto rerun = start(url).wait(kRunLimit);
    if (rerun.exit_code != 0) {
      fault = "the rerun ended with " + std::to_string(rerun.exit_code) + ":\n" + rerun.out + rerun.err;
    } else if (const auto found = fingerprint(url); found != expected_) {
      fault = "the database differs (- undisturbed, + after the kill):\n" + difference(expected_, found) +
              "what the rerun said:\n" + rerun.out;
    }
    drop(url);
    return fault;
  }

  void drop(const std::string& url) {
    const auto name = query(url, "SELECT quote_ident(current_database())").at(0).at(0);
    query(postgres_.url(), "DROP DATABASE " + name + " WITH (FORCE)");
  }

  std::mt19937_64 random_;
  TempDir folder_;
  PrivatePostgres postgres_;
  microseconds duration_{0};
  std::string expected_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const long kills = argc > 1 ? std::atol(argv[1]) : number_from(std::getenv("KILLS"), 20);
    const long files = number_from(std::getenv("FILES"), 300);
    const auto seed = static_cast<unsigned long>(
        number_from(std::getenv("SEED"), static_cast<long>(std::random_device{}())));
    std::printf("%ld kills over %ld files, SEED=%lu\n", kills, files, seed);
    std::fflush(stdout);
    return FaultTest(static_cast<int>(files), seed).run(kills) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "faults: %s\n", error.what());
    return 1;
  }
}
