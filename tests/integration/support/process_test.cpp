// The tests' own child processes: output, limits, users, and what remains when a test dies.
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/support/servers.hpp"
#include "tests/support/spawn.hpp"
#include "tests/support/temp_dir.hpp"

namespace process_test {

using namespace bigocean::test;
using namespace std::chrono_literals;

TEST_CASE("output, exit code, input and environment of a child") {
  ProcessOptions options;
  options.input = "three\nlines\nhere\n";
  options.environment["COLOUR"] = "blue";
  const auto finished = run({"sh", "-c", "cat; echo $COLOUR $TZ ${DATABASE_URL-unset} >&2; exit 3"}, options);
  CHECK(finished.exit_code == 3);
  CHECK(finished.out == "three\nlines\nhere\n");
  CHECK(finished.err == "blue UTC unset\n");
}

TEST_CASE("the surroundings of the test do not reach a child") {
  setenv("DATABASE_URL", "postgresql://elsewhere", 1);
  CHECK(run({"sh", "-c", "echo ${DATABASE_URL-unset}"}).out == "unset\n");
  unsetenv("DATABASE_URL");
}

TEST_CASE("a program that is not there ends with 127 and its name") {
  const auto finished = run({"no-such-program"});
  CHECK(finished.exit_code == 127);
  CHECK(finished.err.find("no-such-program") != std::string::npos);
}

TEST_CASE("a signal's end is 128 plus its number") {
  Process sleeper({"sleep", "60"});
  CHECK(sleeper.running());
  sleeper.signal(SIGTERM);
  CHECK(sleeper.wait().exit_code == 128 + SIGTERM);
  CHECK_FALSE(sleeper.running());
}

TEST_CASE("past the limit a child is killed and its output told") {
  Process sleeper({"sh", "-c", "echo begun; exec sleep 60"});
  REQUIRE(sleeper.wait_for_output("begun", 10s));
  CHECK_THROWS_WITH_AS(sleeper.wait(50ms), doctest::Contains("begun"), std::runtime_error);
  wait_until("the child is gone", 5s, [&] { return !sleeper.running(); });
}

TEST_CASE("much output is read whole, and a grandchild that keeps the pipe open holds nobody up") {
  CHECK(run({"sh", "-c", "head -c 3000000 /dev/zero"}).out.size() == 3'000'000);
  CHECK(run({"sh", "-c", "sleep 30 & echo done"}, {}, 20s).out == "done\n");
}

TEST_CASE("waiting for output ends when the child ends without it") {
  Process short_one({"true"});
  CHECK_FALSE(short_one.wait_for_output("never", 30s));
}

TEST_CASE("the working folder and the unprivileged user are taken") {
  const TempDir folder;
  ProcessOptions options;
  options.working_directory = folder.path();
  options.as_unprivileged_user = true;
  const auto finished = run({"sh", "-c", "pwd; id -u"}, options);
  const auto user = unprivileged_user();
  CHECK(finished.out == folder.path() + "\n" + std::to_string(user ? user->uid : getuid()) + "\n");
  CHECK(finished.out.find("\n0\n") == std::string::npos);
}

TEST_CASE("a child started on a thread outlives that thread") {
  std::unique_ptr<Process> sleeper;
  std::thread([&] { sleeper = std::make_unique<Process>(std::vector<std::string>{"sleep", "60"}); }).join();
  // A second child, started and ended, gives a wrongly sent death signal time to arrive.
  CHECK(run({"sleep", "0.2"}).exit_code == 0);
  CHECK(sleeper->running());
}

namespace {

/// True for a zombie too: nobody may be there to reap an orphan.
bool gone(const std::string& pid) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("State:")) return line.find('Z') != std::string::npos;
  }
  return true;
}

std::string pid_after(const std::string& word, const std::string& text) {
  const auto start = text.find(word);
  REQUIRE(start != std::string::npos);
  return std::to_string(std::stoi(text.substr(start + word.size())));
}

}  // namespace

TEST_CASE("a dead test leaves no child behind") {
  if (std::getenv("DIE_WITH_CHILDREN") != nullptr) {
    const Process sleeper({"sleep", "60"});
    const PrivatePostgres postgres;
    std::cout << "sleeper " << sleeper.pid() << " postmaster " << postgres.pid() << " in "
              << postgres.certificate() << std::endl;
    raise(SIGKILL);
  }
  // The dying test is this very case in another process.
  ProcessOptions options;
  options.environment["DIE_WITH_CHILDREN"] = "1";
  const auto finished = run({"/proc/self/exe", "--test-case=a dead test leaves no child behind"}, options);
  CHECK(finished.exit_code == 128 + SIGKILL);
  for (const auto* word : {"sleeper ", "postmaster "}) {
    const auto pid = pid_after(word, finished.out);
    wait_until(word + pid + " is gone", 20s, [&] { return gone(pid); });
  }
  std::filesystem::remove_all(finished.out.substr(finished.out.find("/tmp/bigocean-"), 20));
}

TEST_CASE("a temporary folder is reachable by all and goes away") {
  std::string path;
  {
    const TempDir folder;
    path = folder.path();
    CHECK(folder.write("a/b.txt", "text") == path + "/a/b.txt");
    ProcessOptions options;
    options.as_unprivileged_user = true;
    CHECK(run({"cat", path + "/a/b.txt"}, options).out == "text");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

}  // namespace process_test
