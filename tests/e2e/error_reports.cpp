// Crashes of serve and failed migrations, from the real binary to a stand-in for Sentry.
#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/sentry.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace bigocean::test::error_reports {
namespace {

using Clock = std::chrono::steady_clock;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The lines of a log that are crash lines.
std::vector<nlohmann::json> crash_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = nlohmann::json::parse(text.substr(at, end - at), nullptr, false);
    if (line.is_object() && line.contains("backtrace")) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

void check_protocol(const SentRequest& request) {
  CAPTURE(request.head);
  CAPTURE(request.body);
  for (const auto& fault : request.faults) FAIL_CHECK(fault);
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST_CASE("serve crashes: one line, the signal's own end, and the next start reports it") {
  TempDir crashes;
  SentryStandIn sentry;
  const Environment environment{{"SENTRY_DSN", sentry.dsn()},
                                {"BIGOCEAN_SENTRY_CRASH_DIR", crashes.path()},
                                {"RAILWAY_GIT_COMMIT_SHA", "d0beb8f5"},
                                {"BIGOCEAN_ENV", "development"}};
  std::size_t reported = 0;
  for (const auto& [number, name] :
       {std::pair{SIGSEGV, std::string("SIGSEGV")}, std::pair{SIGABRT, std::string("SIGABRT")}}) {
    CAPTURE(name);
    Serve serve(environment);
    if (reported > 0) {  // of the round before
      sentry.wait_for(reported);
      wait_until("the file to go", 20s, [&] { return files_in(crashes.path()) == 0; });
    }
    // To its first thread, whose stack is known; kill() lets the kernel choose one.
    ::syscall(SYS_tgkill, serve.process().pid(), serve.process().pid(), number);
    const auto finished = serve.process().wait();
    CAPTURE(finished.out);
    CHECK(finished.exit_code == 128 + number);
    const auto lines = crash_lines(finished.out);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["level"] == "error");
    CHECK(lines[0]["signal"] == name);
    CHECK(lines[0]["release"] == "d0beb8f5");
    CHECK(lines[0]["backtrace"].size() > 3);
    const auto frames = lines[0]["backtrace"].dump();
    CHECK(has(frames, "bigocean+0x"));
    CHECK(has(frames, "main"));
    CHECK(files_in(crashes.path()) == 1);
    ++reported;
  }
  Serve next(environment);
  const auto requests = sentry.wait_for(2);
  for (const auto& request : requests) {
    check_protocol(request);
    CHECK(request.event["level"] == "fatal");
    CHECK(request.event["release"] == "d0beb8f5");
    CHECK(request.event["exception"]["values"][0]["stacktrace"]["frames"].size() > 3);
  }
  CHECK(requests[0].event["exception"]["values"][0]["type"] == "SIGSEGV");
  CHECK(requests[1].event["tags"]["signal"] == "SIGABRT");
  wait_until("the file to go", 20s, [&] { return files_in(crashes.path()) == 0; });
  next.process().signal(SIGTERM);
  CHECK(next.process().wait().exit_code == 0);
  CHECK(sentry.count() == 2);
}

TEST_CASE("a crash that Sentry does not take waits on; without a folder there is a line and no more") {
  TempDir crashes;
  Environment environment{{"SENTRY_DSN", "http://key@127.0.0.1:" + std::to_string(free_port()) + "/1"},
                          {"BIGOCEAN_SENTRY_CRASH_DIR", crashes.path()}};
  for (int i = 1; i <= 2; ++i) {
    Serve serve(environment);
    serve.process().signal(SIGSEGV);
    CHECK(serve.process().wait().exit_code == 128 + SIGSEGV);
    CHECK(files_in(crashes.path()) == static_cast<std::size_t>(i));
  }
  environment["BIGOCEAN_SENTRY_CRASH_DIR"] = crashes.write("file", "") + "/below";
  Serve serve(environment);
  serve.process().signal(SIGSEGV);
  const auto finished = serve.process().wait();
  CHECK(finished.exit_code == 128 + SIGSEGV);
  CHECK(crash_lines(finished.out).size() == 1);
  CHECK(has(finished.out, "set sentry.crash_dir to a writable folder"));
}

TEST_CASE("without SENTRY_DSN a crash leaves its line and no file") {
  TempDir crashes;
  Serve serve({{"BIGOCEAN_SENTRY_CRASH_DIR", crashes.path()}});
  serve.process().signal(SIGABRT);
  const auto finished = serve.process().wait();
  CHECK(finished.exit_code == 128 + SIGABRT);
  CHECK(crash_lines(finished.out).size() == 1);
  CHECK(files_in(crashes.path()) == 0);
}

TEST_CASE("a Sentry that never answers keeps a stopping serve no longer than its time-out") {
  TempDir crashes;
  SentryStandIn sentry({""});
  crashes.write("crash-" + std::string(32, 'a') + ".json", R"({"signal":"SIGSEGV","message":"crashed"})");
  Serve serve({{"SENTRY_DSN", sentry.dsn()},
               {"BIGOCEAN_SENTRY_TIMEOUT", "1m"},
               {"BIGOCEAN_SERVER_DRAIN_TIMEOUT", "500ms"},
               {"BIGOCEAN_SENTRY_CRASH_DIR", crashes.path()}});
  sentry.wait_for(1);
  const auto start = Clock::now();
  serve.process().signal(SIGTERM);
  const auto finished = serve.process().wait();
  CHECK(finished.exit_code == 0);
  CHECK(Clock::now() - start < 20s);
  CHECK(has(finished.out, "the process ended before Sentry answered"));
  CHECK(files_in(crashes.path()) == 1);
}

struct Migration {
  explicit Migration(const std::string& text) { folder.write("20260101000000_first.sql", text); }

  Finished run(const std::string& dsn, std::vector<std::string> arguments = {}, Environment more = {}) const {
    ProcessOptions options;
    options.environment = std::move(more);
    options.environment["DATABASE_URL"] = url;
    if (!dsn.empty()) options.environment["SENTRY_DSN"] = dsn;
    options.working_directory = folder.path();
    std::vector<std::string> argv{BIGOCEAN_BINARY, "migrate"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(argv.end(), {"--dir", folder.path()});
    return bigocean::test::run(argv, options);
  }

  TempDir folder;
  std::string url = shared_postgres().create_database();
};

TEST_CASE("a deploy's failed migration is reported, after the user was told, with the same exit code") {
  const Migration migration("CREATE TABLE a (id bigint);\nSELECT 'what a user wrote'::int;\n");
  SentryStandIn sentry;
  for (const auto& [environment, arguments] :
       {std::pair{Environment{{"RAILWAY_ENVIRONMENT_NAME", "staging"}}, std::vector<std::string>{}},
        std::pair{Environment{{"BIGOCEAN_LOG_FORMAT", "json"}}, std::vector<std::string>{"up", "--json"}}}) {
    const auto finished = migration.run(sentry.dsn(), arguments, environment);
    CAPTURE(finished.out);
    CAPTURE(finished.err);
    CHECK(finished.exit_code == 5);
    CHECK_FALSE(has(finished.err, "Sentry"));
  }
  const auto requests = sentry.wait_for(2);
  REQUIRE(requests.size() == 2);
  for (const auto& request : requests) {
    check_protocol(request);
    CHECK(request.event["transaction"] == "migrate up");
    CHECK(request.event["tags"]["exit_code"] == "5");
    CHECK(request.event["tags"]["sqlstate"] == "22P02");
    CHECK(has(request.event["tags"]["migration"], "20260101000000_first"));
    CHECK(has(request.event["exception"]["values"][0]["value"],
              "invalid input syntax for type integer: \"***\""));
    CHECK_FALSE(has(request.body, "what a user wrote"));
  }
  CHECK(requests[0].event["environment"] == "staging");
  CHECK(requests[1].event["environment"] == "development");
}

TEST_CASE("what is no failed deploy is not reported") {
  const Migration bad("SELECT broken;\n");
  const Migration good("SELECT 1;\n");
  SentryStandIn sentry;
  CHECK(good.run(sentry.dsn()).exit_code == 0);
  CHECK(good.run(sentry.dsn(), {"--no-such-flag"}).exit_code == 2);
  CHECK(good.run(sentry.dsn(), {"down"}).exit_code != 0);
  CHECK(bad.run(sentry.dsn(), {"status", "--check"}).exit_code == 3);
  CHECK(bad.run("").exit_code == 5);
  CHECK(sentry.count() == 0);
  CHECK(bad.run("https://sentry.example.com/42").exit_code == 2);
}

TEST_CASE("a Sentry that is away or silent changes neither a failed migrate's code nor its words") {
  const Migration migration("SELECT broken;\n");
  const auto plain = migration.run("");
  const StandIn silent(Habit::kSilent);
  const StandIn full(Habit::kFull);
  const StandIn drip(Habit::kDrip, "HTTP/1.1 200 OK\r\n");
  for (const int port : {free_port(), silent.port(), full.port(), drip.port()}) {
    const auto start = Clock::now();
    const auto finished = migration.run("http://key@127.0.0.1:" + std::to_string(port) + "/1", {},
                                        {{"BIGOCEAN_SENTRY_TIMEOUT", "300ms"}});
    CHECK(finished.exit_code == 5);
    CHECK(finished.err.starts_with(plain.err));
    CHECK(has(finished.err, "warning: the failure was not reported to Sentry: "));
    CHECK(Clock::now() - start < 20s);
  }
}

}  // namespace
}  // namespace bigocean::test::error_reports
