// Crashes of every kind, each in a child process: one line, the usual end, a file for the next start.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "server/http/worker_pool.hpp"
#include "server/observe/crash_file.hpp"
#include "server/observe/crash_handler.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::server::observe::crash_test {
namespace {

using nlohmann::json;

/// ThreadSanitizer puts a signal that comes while a handler runs off until that has ended, so a handler that
/// must be cut short by one cannot be tried under it.
#if defined(__SANITIZE_THREAD__)
constexpr bool kSignalsNest = false;
#else
constexpr bool kSignalsNest = true;
#endif

struct Crashed {
  int signal = 0;  ///< that ended the child
  std::string out;
  json line;
};

/// Runs `work` in a child that has a crash handler; waits at most 20 s for its end.
Crashed crash(const std::function<void()>& work, const std::string& file = "") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  std::fflush(nullptr);  // or the child would write what the test runner has not written yet
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(ends[1], STDOUT_FILENO);
    for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}) std::signal(number, SIG_DFL);
    const CrashHandler handler({.release = "r1", .file = file});
    [&]() noexcept { work(); }();  // no exception may reach the test runner
    ::_exit(0);
  }
  ::close(ends[1]);
  Crashed result;
  pollfd entry{ends[0], POLLIN, 0};
  char bytes[8192];
  while (::poll(&entry, 1, 20'000) == 1) {
    const auto count = ::read(ends[0], bytes, sizeof bytes);
    if (count <= 0) break;
    result.out.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  ::kill(child, SIGKILL);  // it has ended, or it hangs
  int status = 0;
  ::waitpid(child, &status, 0);
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.line = json::parse(result.out, nullptr, false);
  return result;
}

/// One line of JSON with what every crash has.
void check_line(const Crashed& crashed, int signal, const std::string& name) {
  CAPTURE(crashed.out);
  CHECK(crashed.signal == signal);
  REQUIRE(crashed.line.is_object());
  CHECK(crashed.out.find('\n') == crashed.out.size() - 1);
  CHECK(crashed.line["level"] == "error");
  CHECK(crashed.line["time"].get<std::string>().size() == 24);
  CHECK(crashed.line["message"].get<std::string>().starts_with("crashed: " + name + ", "));
  CHECK(crashed.line["signal"] == name);
  CHECK(crashed.line["release"] == "r1");
  CHECK(crashed.line["thread"].is_number());
  CHECK_FALSE(crashed.line["backtrace"].empty());
}

volatile bool never = false;

[[gnu::noinline]] int overflow(int depth) {
  if (never) return 0;
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return overflow(depth + 1) + room[0];
}

[[gnu::noinline, gnu::no_sanitize("undefined")]] void write_nowhere() {
  volatile int* nowhere = nullptr;
  asm volatile("" : "+r"(nowhere));
  *nowhere = 1;
}

TEST_CASE("each fatal signal leaves its line and ends the process as usual") {
  for (const auto& [number, name] :
       {std::pair{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}}) {
    check_line(crash([number = number] { ::raise(number); }), number, name);
  }
  check_line(crash([] { std::abort(); }), SIGABRT, "SIGABRT");
}

TEST_CASE("an invalid access names its address and, innermost, the function that did it") {
  const auto crashed = crash([] { write_nowhere(); });
  check_line(crashed, SIGSEGV, "SIGSEGV");
  CHECK(crashed.line["address"] == "0x0");
  CHECK(crashed.line["backtrace"][0].get<std::string>().find("write_nowhere") != std::string::npos);
}

TEST_CASE("a full stack leaves its line, too, in the first thread and in a worker") {
  const auto check = [](const Crashed& crashed) {
    check_line(crashed, SIGSEGV, "SIGSEGV");
    CHECK(crashed.line["backtrace"].size() == 50);
    CHECK(crashed.line["backtrace"][10].get<std::string>().find("overflow") != std::string::npos);
  };
  check(crash([] { overflow(0); }));
  check(crash([] {
    http::WorkerPool pool({.threads_min = 1, .threads_max = 1});
    pool.submit([] { overflow(0); });
    std::this_thread::sleep_for(std::chrono::seconds(20));  // the crash ends it long before
  }));
}

/// Leaves the thread without a stack: whoever walks it crashes in turn.
[[gnu::noinline]] void lose_stack() {
#if defined(__x86_64__)
  asm volatile("xorl %%esp, %%esp\n\tmovq (%%rsp), %%rax" ::: "rax", "memory");
#elif defined(__aarch64__)
  asm volatile("mov x9, #0\n\tmov sp, x9\n\tldr x9, [sp]" ::: "x9", "memory");
#else
#error "say how this machine loses its stack"
#endif
}

TEST_CASE("a crash while the stack is walked leaves the line, with what is known" *
          doctest::skip(!kSignalsNest)) {
  const auto crashed = crash([] { lose_stack(); });
  CAPTURE(crashed.out);
  CHECK(crashed.signal == SIGSEGV);
  REQUIRE(crashed.line.is_object());
  CHECK(crashed.line["signal"] == "SIGSEGV");
  CHECK(crashed.line["release"] == "r1");
  CHECK(crashed.line["backtrace"].size() < 3);
}

TEST_CASE("an exception that nobody catches is named") {
  const auto crashed = crash([] {
    std::thread([] { throw std::runtime_error("no \"way\" out of https://key@host/1\nDETAIL"); }).join();
  });
  check_line(crashed, SIGABRT, "SIGABRT");
  CHECK(crashed.line["exception"] == "std::runtime_error");
  CHECK(crashed.line["error"] == "no \"way\" out of https://***@host/1");
}

TEST_CASE("two threads that crash at once leave one line") {
  const auto crashed = crash([] {
    std::thread other([] { ::raise(SIGSEGV); });
    ::raise(SIGSEGV);
    other.join();
  });
  check_line(crashed, SIGSEGV, "SIGSEGV");
}

TEST_CASE("a reader of the log that is stuck does not keep a crashed process" *
          doctest::skip(!kSignalsNest)) {
  const auto crashed = crash([] {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ::_exit(1);
    const std::string filler(4096, 'x');
    while (::write(ends[1], filler.data(), filler.size()) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDOUT_FILENO);
    ::raise(SIGSEGV);
  });
  CHECK(crashed.signal == SIGSEGV);
}

TEST_CASE("the crash waits in a file and becomes an event, which removes it") {
  test::TempDir folder;
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  const auto file = new_crash_file(folder.path());
  check_line(crash([] { throw std::logic_error("no"); }, file), SIGABRT, "SIGABRT");
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600);
  const auto events = read_crashes(folder.path(), log);
  REQUIRE(events.size() == 1);
  CHECK(file == folder.path() + "/crash-" + events[0].id + ".json");
  CHECK(events[0].fatal);
  CHECK(events[0].release == "r1");
  CHECK(events[0].failure.type == "std::logic_error");
  CHECK(events[0].failure.message == "no");
  CHECK(events[0].frames.size() > 3);
  CHECK(events[0].frames[0].module.find('+') != std::string::npos);
  CHECK(std::chrono::system_clock::now() - events[0].time < std::chrono::minutes(5));
  events[0].settled();
  CHECK(::stat(file.c_str(), &about) != 0);
}

TEST_CASE("of many crashes the latest are kept, and what is none goes") {
  test::TempDir folder;
  base::Logger log(base::LogFormat::kText, base::LogLevel::kError, false);
  const auto name = [](int i) { return "crash-" + std::string(30, '0') + std::to_string(10 + i) + ".json"; };
  for (int i = 0; i < 15; ++i) {
    const auto path = folder.write(name(i), R"({"signal":"SIGSEGV","message":"m"})");
    std::filesystem::last_write_time(path,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(i));
  }
  folder.write("crash-" + std::string(32, 'f') + ".json", "half a li");
  folder.write("notes.txt", "not ours");
  const auto events = read_crashes(folder.path(), log);
  CHECK(events.size() == kCrashesMax);
  for (int i = 0; i < 15; ++i) {
    CHECK(std::filesystem::exists(folder.path() + "/" + name(i)) == (i < 10));
  }
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/crash-" + std::string(32, 'f') + ".json"));
  CHECK(std::filesystem::exists(folder.path() + "/notes.txt"));
}

TEST_CASE("a folder for crashes is made, and one that cannot be is told") {
  test::TempDir folder;
  const auto made = open_crash_folder(folder.path() + "/a/b");
  CHECK(made.path == folder.path() + "/a/b");
  CHECK(std::filesystem::is_directory(made.path));
  folder.write("file", "");
  const auto none = open_crash_folder(folder.path() + "/file/b");
  CHECK(none.path.empty());
  CHECK(none.fault.find("/file/b: Not a directory") != std::string::npos);
}

}  // namespace
}  // namespace bigocean::server::observe::crash_test
