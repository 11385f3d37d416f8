// The real binary: check-db's exit codes, output and waiting.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace check_db {

using namespace bigocean;
using namespace std::chrono_literals;

namespace {

struct Ran {
  test::Finished finished;
  std::string all;
};

Ran check_db(const std::string& url, std::vector<std::string> flags = {}) {
  test::ProcessOptions options;
  options.environment = {{"DATABASE_URL", url}};
  std::vector<std::string> argv = {BIGOCEAN_BINARY, "check-db"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  Ran ran{test::run(argv, options), {}};
  ran.all = ran.finished.out + ran.finished.err;
  CAPTURE(ran.all);
  return ran;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

TEST_CASE("check-db: ready, in rows and in JSON") {
  const auto url = test::shared_postgres().create_database();
  const auto rows = check_db(url);
  CHECK(rows.finished.exit_code == 0);
  CHECK(has(last_line(rows.finished.out), "ready: "));
  CHECK_FALSE(has(rows.finished.out, "\x1b["));  // a pipe gets plain text
  CHECK(rows.finished.err.empty());

  const auto json = check_db(url, {"--json"});
  CHECK(json.finished.exit_code == 0);
  const auto document = nlohmann::json::parse(json.finished.out);
  CHECK(document["exit_code"] == 0);
  CHECK(document["verdict"] == "warn");  // migrations are pending
  CHECK(document["checks"].size() > 20);
  for (const auto& one : document["checks"]) {
    for (const char* key : {"id", "level", "observed", "expected", "remedy", "elapsed_ms"})
      CHECK(one.contains(key));
  }
}

TEST_CASE("check-db: exit codes") {
  const auto& server = test::shared_postgres();
  struct Row {
    std::string url;
    std::vector<std::string> flags;
    int exit_code;
    const char* says;
  };
  const test::StandIn silent(test::Habit::kSilent);
  const test::StandIn http(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto local = [](int port) {
    return "postgresql://app:hidden-pw@127.0.0.1:" + std::to_string(port) + "/app";
  };
  for (const Row& row : {
           Row{"", {}, 2, "DATABASE_URL"},
           Row{"mysql://app:hidden-pw@db/app", {}, 2, "DATABASE_URL"},
           Row{server.url(), {"--wait", "soon"}, 2, "duration"},
           Row{server.url(), {"--nonsense"}, 2, "--nonsense"},
           Row{local(test::free_port()), {}, 7, "refused"},
           Row{local(silent.port()), {"--timeout", "300ms"}, 7, "not ready"},
           Row{local(http.port()), {"--timeout", "2s"}, 7, "not PostgreSQL"},
           Row{server.url("nowhere"), {}, 7, "3D000"},
           Row{server.url(), {"--version-min", "99"}, 10, "expected 99 or newer"},
       }) {
    CAPTURE(row.says);
    const auto ran = check_db(row.url, row.flags);
    CAPTURE(ran.all);
    CHECK(ran.finished.exit_code == row.exit_code);
    CHECK(has(ran.all, row.says));
    CHECK_FALSE(has(ran.all, "hidden-pw"));
  }
}

TEST_CASE("check-db --wait: waits for what time heals, not for what it cannot") {
  test::PostgresOptions options;
  options.hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256";
  test::PrivatePostgres server(options);
  test::query(server.url(), "ALTER ROLE postgres PASSWORD 'right-password'");
  const auto right = server.tcp_url("postgres", "postgres", "right-password");

  const auto begin = std::chrono::steady_clock::now();
  const auto wrong = check_db(server.tcp_url("postgres", "postgres", "wrong-password"), {"--wait", "5m"});
  CHECK(wrong.finished.exit_code == 7);
  CHECK(has(wrong.all, "28P01"));
  CHECK_FALSE(has(wrong.all, "wrong-password"));
  CHECK(check_db(server.tcp_url("nowhere", "postgres", "right-password"), {"--wait", "5m"})
            .finished.exit_code == 7);
  CHECK(std::chrono::steady_clock::now() - begin < 1min);

  server.stop(false);  // in good order: an immediate stop may forget the password that was just set
  const auto over = check_db(right, {"--wait", "500ms"});
  CHECK(over.finished.exit_code == 7);
  CHECK(has(over.finished.err, "waiting, "));

  test::ProcessOptions environment;
  environment.environment = {{"DATABASE_URL", right}};
  test::Process waiting({BIGOCEAN_BINARY, "check-db", "--wait", "1m"}, environment);
  REQUIRE(waiting.wait_for_output("waiting, ", 30s));
  server.start();
  const auto healed = waiting.wait();
  CHECK(healed.exit_code == 0);
  CHECK(has(healed.out, "ready: "));

  server.stop();
  test::Process interrupted({BIGOCEAN_BINARY, "check-db", "--wait", "1m"}, environment);
  REQUIRE(interrupted.wait_for_output("waiting, ", 30s));
  interrupted.signal(SIGTERM);
  CHECK(interrupted.wait().exit_code == 143);
}

}  // namespace check_db
