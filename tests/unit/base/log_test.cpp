// The log's lines, read back from the standard output of a child.
#include "base/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace bigocean::base::log_test {
namespace {

/// What `write` puts on standard output, in a child process that ends without running destructors of statics.
std::string captured(const std::function<void()>& write) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);  // or the child would write what this process has not written yet
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    write();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(ends[0], buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

TEST_CASE("JSON: one line a record, types kept, invalid UTF-8 and line ends harmless") {
  const auto text = captured([] {
    Logger log(LogFormat::kJson, LogLevel::kInfo, false);
    log.debug("not wanted");
    log.info("first\nsecond", {{"count", 3LL},
                               {"ratio", 0.5},
                               {"good", true},
                               {"name", "a \"b\"\t\xff"},
                               {"level", "not this"},
                               {"nan", std::numeric_limits<double>::quiet_NaN()}});
    log.error("bad \xc3\x28");
  });
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 2);
  const auto first = nlohmann::json::parse(lines[0]);
  CHECK(first["level"] == "info");
  CHECK(first["message"] == "first\nsecond");
  CHECK(first["count"] == 3);
  CHECK(first["count"].is_number_integer());
  CHECK(first["ratio"] == 0.5);
  CHECK(first["good"] == true);
  CHECK(first["name"] == "a \"b\"\t\xef\xbf\xbd");
  CHECK(first["nan"].is_null());
  const auto time = first["time"].get<std::string>();
  REQUIRE(time.size() == 24);
  CHECK(time[10] == 'T');
  CHECK(time[19] == '.');
  CHECK(time.back() == 'Z');
  CHECK(lines[0].starts_with(R"({"level":"info","time":")"));
  CHECK(nlohmann::json::parse(lines[1])["level"] == "error");
}

TEST_CASE("text: readable, quoted where needed, coloured only when asked for") {
  const auto write = [](bool colour) {
    return captured([colour] {
      Logger log(LogFormat::kText, LogLevel::kDebug, colour);
      log.debug("plain", {{"port", 4000LL}, {"host", "::"}, {"why", "two words"}, {"empty", ""}});
      log.warn("line\nbreak \x1b[31m");
    });
  };
  const auto plain = lines_of(write(false));
  REQUIRE(plain.size() == 2);
  CHECK(plain[0].ends_with(R"(plain port=4000 host=:: why="two words" empty="")"));
  CHECK(plain[1].find('\x1b') == std::string::npos);
  CHECK(plain[1].find(R"(line\nbreak)") != std::string::npos);
  CHECK(write(true).find("\x1b[") != std::string::npos);
}

TEST_CASE("lines of many threads do not mix") {
  const auto text = captured([] {
    Logger log(LogFormat::kJson, LogLevel::kDebug, false);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < 200; ++i) log.info("x", {{"i", static_cast<long long>(i)}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  const auto lines = lines_of(text);
  CHECK(lines.size() == 800);
  for (const auto& line : lines) CHECK(nlohmann::json::accept(line));
}

TEST_CASE("a closed standard output is no reason to fail") {
  captured([] {
    ::close(STDOUT_FILENO);
    Logger log(LogFormat::kJson, LogLevel::kDebug, false);
    log.error("unheard");
  });
}

TEST_CASE("levels have their names") {
  CHECK(log_level_name(LogLevel::kDebug) == "debug");
  CHECK(log_level_name(LogLevel::kError) == "error");
}

}  // namespace
}  // namespace bigocean::base::log_test
