// Interrupts `bigocean migrate` in each way in which a statement can run, runs it again unchanged, and
// counts: nothing twice, nothing lost. Usage: once [COMBINATIONS]; environment: SEED.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <random>
#include <stdexcept>

#include "tests/once/interruptions.hpp"
#include "tests/once/ways.hpp"
#include "tests/support/cut_proxy.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace bigocean::test;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr std::chrono::seconds kRunLimit{120};
constexpr int kRerunsMax = 6;
constexpr int kInDoubt = 6;  // the exit code

/// How an undisturbed run of a way went.
struct Undisturbed {
  microseconds duration{0};
  std::int64_t bytes = 0;
};

class Campaign {
 public:
  explicit Campaign(unsigned long seed) : random_(seed), postgres_(options()) {}

  /// Returns how many combinations failed.
  long run(long count) {
    const auto ways = all_ways();
    const auto interruptions = all_interruptions();
    // Every pair once before any comes twice, in an order that the seed gives.
    std::vector<std::pair<const Way*, const Interruption*>> pairs;
    while (static_cast<long>(pairs.size()) < count) {
      std::vector<std::pair<const Way*, const Interruption*>> round;
      for (const auto& way : ways) {
        for (const auto& interruption : interruptions) round.emplace_back(&way, &interruption);
      }
      std::shuffle(round.begin(), round.end(), random_);
      pairs.insert(pairs.end(), round.begin(), round.end());
    }
    pairs.resize(static_cast<std::size_t>(count));
    long failures = 0;
    for (const auto& [way, interruption] : pairs) {
      const auto fault = combination(*way, *interruption);
      if (fault.empty()) continue;
      ++failures;
      std::printf("%s x %s: %s\n", way->name.c_str(), interruption->name.c_str(), fault.c_str());
      std::fflush(stdout);
    }
    std::printf(
        "%ld combinations: %ld interrupted while they ran, %ld in doubt and decided by resolve, %ld failed\n",
        count, interrupted_, in_doubt_, failures);
    return failures;
  }

 private:
  static PostgresOptions options() {
    PostgresOptions options;
    // What is committed outlives an immediate restart, which is no power cut: fsync may stay off.
    options.settings = {
        {"deadlock_timeout", "50ms"}, {"max_prepared_transactions", "10"}, {"synchronous_commit", "on"}};
    return options;
  }

  void write(const TempDir& folder, const Way& way) const {
    folder.write("1_before.sql", "UPDATE counter SET n = n + 1 WHERE name = 'before';\n");
    folder.write("2_way.sql", way.file);
    folder.write("3_after.sql", "UPDATE counter SET n = n + 1 WHERE name = 'after';\n");
  }

  Process start(const TempDir& folder, const std::string& url, std::vector<std::string> arguments) const {
    ProcessOptions process;
    process.environment = {{"DATABASE_URL", url}, {"BIGOCEAN_MIGRATE_NEW_HISTORY", "true"}};
    process.working_directory = folder.path();
    arguments.insert(arguments.begin(), {BIGOCEAN_BINARY, "migrate"});
    arguments.insert(arguments.end(), {"--allow-unsafe", "--wait", "20s", "--dir", folder.path()});
    return Process(arguments, process);
  }

  std::string new_database() {
    const auto url = postgres_.create_database();
    query(url, setup_sql());
    return url;
  }

  std::string through(const CutProxy& proxy, const std::string& url) const {
    const auto name = query(url, "SELECT current_database()").at(0).at(0);
    return "postgresql://postgres@127.0.0.1:" + std::to_string(proxy.port()) + "/" + name +
           "?sslmode=disable";
  }

  void drop(const std::string& url) {
    const auto name = query(url, "SELECT current_database()").at(0).at(0);
    query(postgres_.url(), "DROP DATABASE " + name + " WITH (FORCE)");
  }

  const Undisturbed& undisturbed(const Way& way) {
    auto& known = undisturbed_[way.name];
    if (known.bytes > 0) return known;
    const TempDir folder;
    write(folder, way);
    const auto url = new_database();
    const CutProxy proxy(postgres_.port(), -1);
    const auto began = Clock::now();
    const auto done = start(folder, through(proxy, url), {}).wait(kRunLimit);
    known.duration = std::chrono::duration_cast<microseconds>(Clock::now() - began);
    known.bytes = proxy.bytes();
    if (done.exit_code != 0)
      throw std::runtime_error(way.name + ": the undisturbed run failed:\n" + done.out + done.err);
    if (const auto fault = count(way, url, true); !fault.empty())
      throw std::runtime_error(way.name + ": the undisturbed run: " + fault);
    drop(url);
    return known;
  }

  /// What is wrong with the counters. `whole`: every one must be 1; else none may be more.
  std::string count(const Way& way, const std::string& url, bool whole) const {
    std::string fault;
    auto expected = way.counters;
    expected.insert(expected.end(), {"before", "after"});
    for (const auto& name : expected) {
      const auto n = query(url, "SELECT n FROM counter WHERE name = '" + name + "'").at(0).at(0);
      if (n != "1" && (whole || n != "0")) fault += " " + name + " = " + n;
    }
    if (!way.rows_table.empty()) {
      const auto n = query(url, "SELECT count(*) FROM " + way.rows_table).at(0).at(0);
      if (n != std::to_string(way.rows) && (whole || n != "0")) fault += " rows = " + n;
    }
    if (whole && query(url, "SELECT count(*) FROM pg_index WHERE NOT indisvalid").at(0).at(0) != "0")
      fault += " an invalid index is left";
    if (whole && query(url, "SELECT count(*) FROM pg_prepared_xacts").at(0).at(0) != "0")
      fault += " a prepared transaction is left";
    return fault;
  }

  /// Decides as a person would, by a look at the counters: the part that is done is told by the first of
  /// them.
  void resolve(const Way& way, const TempDir& folder, const std::string& url) {
    ++in_doubt_;
    const auto n = [&](const std::string& name) {
      return query(url, "SELECT n FROM counter WHERE name = '" + name + "'").at(0).at(0);
    };
    const bool begun = n("b") == "1", done = n("c") == "1";
    if (begun && !done)
      query(url, "UPDATE counter SET n = n + 1 WHERE name = 'c'");  // by hand what is missing
    ProcessOptions process;
    process.environment = {{"DATABASE_URL", url}};
    const auto decided = bigocean::test::run({BIGOCEAN_BINARY, "migrate", "resolve", "2_way",
                                              begun ? "--done" : "--again", "--dir", folder.path()},
                                             process);
    if (decided.exit_code != 0)
      throw std::runtime_error(way.name + ": resolve failed:\n" + decided.out + decided.err);
  }

  /// What went wrong, or empty.
  std::string combination(const Way& way, const Interruption& interruption) {
    const auto& usual = undisturbed(way);
    const TempDir folder;
    write(folder, way);
    const auto url = new_database();
    const microseconds moment(std::uniform_int_distribution<long>(0, usual.duration.count())(random_));
    Finished first;
    if (interruption.through_proxy) {
      const CutProxy proxy(postgres_.port(),
                           std::uniform_int_distribution<std::int64_t>(0, usual.bytes)(random_));
      first = start(folder, through(proxy, url), interruption.arguments).wait(kRunLimit);
    } else {
      auto runner = start(folder, url, interruption.arguments);
      interruption.act({postgres_, url, runner, moment, random_});
      first = runner.wait(kRunLimit);
    }
    if (first.exit_code != 0 || first.out.find("retry") != std::string::npos) ++interrupted_;
    std::string said =
        "\n--- interrupted run: exit " + std::to_string(first.exit_code) + "\n" + first.out + first.err;
    int code = first.exit_code;
    for (int reruns = 0; code != 0 && reruns < kRerunsMax; ++reruns) {
      const auto rerun = start(folder, url, {}).wait(kRunLimit);
      code = rerun.exit_code;
      said += "--- rerun: exit " + std::to_string(code) + "\n" + rerun.out + rerun.err;
      if (code != kInDoubt) continue;
      const bool says_how = rerun.err.find("bigocean migrate resolve 2_way --done") != std::string::npos;
      if (!way.may_be_in_doubt || !says_how) return "exit 6 without need or remedy" + said;
      if (const auto fault = count(way, url, false); !fault.empty()) return "done twice:" + fault + said;
      resolve(way, folder, url);
    }
    if (code != 0) return "plain reruns do not end with exit 0" + said;
    if (const auto fault = count(way, url, true); !fault.empty()) return "not exactly once:" + fault + said;
    drop(url);
    return {};
  }

  std::mt19937_64 random_;
  PrivatePostgres postgres_;
  std::map<std::string, Undisturbed> undisturbed_;
  long interrupted_ = 0, in_doubt_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const long count = argc > 1 ? std::atol(argv[1]) : 40;
    const char* given = std::getenv("SEED");
    const unsigned long seed = given != nullptr ? std::strtoul(given, nullptr, 10) : std::random_device{}();
    std::printf("%ld combinations, SEED=%lu\n", count, seed);
    std::fflush(stdout);
    return Campaign(seed).run(count) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "once: %s\n", error.what());
    return 1;
  }
}
