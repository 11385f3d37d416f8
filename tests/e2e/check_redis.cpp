// The real binary: check-redis's exit codes, output and waiting.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

namespace check_redis {

using namespace bigocean;
using namespace std::chrono_literals;

namespace {

test::Finished check_redis(const std::string& url, std::vector<std::string> flags = {}) {
  test::ProcessOptions options;
  options.environment = {{"REDIS_URL", url}};
  std::vector<std::string> argv = {BIGOCEAN_BINARY, "check-redis"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  return test::run(argv, options);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("check-redis: ready, in rows and in JSON") {
  const test::PrivateRedis server;
  const auto rows = check_redis(server.url());
  CHECK(rows.exit_code == 0);
  CHECK(has(rows.out, "\nready: "));
  CHECK_FALSE(has(rows.out, "\x1b["));
  CHECK(rows.err.empty());

  const auto document = nlohmann::json::parse(check_redis(server.url(), {"--json"}).out);
  CHECK(document["verdict"] == "ok");
  CHECK(document["exit_code"] == 0);
}

TEST_CASE("check-redis: exit codes") {
  const test::PrivateRedis open;
  const test::PrivateRedis closed({"--requirepass", "right-password"});
  const test::PrivateRedis replica({"--replicaof", "127.0.0.1 " + std::to_string(open.port())});
  const test::StandIn silent(test::Habit::kSilent);
  const test::StandIn drip(test::Habit::kDrip, "+PONG");
  const test::StandIn http(test::Habit::kAnswer, "HTTP/1.1 400 Bad Request\r\n\r\n");
  const auto local = [](const std::string& user, int port) {
    return "redis://" + user + "127.0.0.1:" + std::to_string(port);
  };
  struct Row {
    std::string url;
    std::vector<std::string> flags;
    int exit_code;
    const char* says;
  };
  for (const Row& row : {
           Row{"", {}, 2, "REDIS_URL"},
           Row{"redis://:hidden-pw@cache:none", {}, 2, "REDIS_URL"},
           Row{open.url(), {"--wait", "-1s"}, 2, "duration"},
           Row{local("", test::free_port()), {}, 7, "Connection refused"},
           Row{local(":hidden-pw@", silent.port()),
               {"--timeout", "300ms"},
               7,
               "no answer within the time-out"},
           Row{local("", drip.port()), {"--timeout", "300ms"}, 7, "no answer within the time-out"},
           Row{local("", http.port()), {}, 7, "this is not Redis"},
           Row{local("", closed.port()), {}, 7, "NOAUTH"},
           Row{local(":hidden-pw@", closed.port()), {"--wait", "5m"}, 7, "WRONGPASS"},
           Row{local("app:hidden-pw@", closed.port()), {}, 7, "WRONGPASS"},
           Row{local(":right-password@", closed.port()), {}, 0, "\nready: "},
           Row{open.url(), {"--version-min", "99"}, 10, "expected 99 or newer"},
           Row{replica.url(), {}, 10, "REPLICAOF NO ONE"},
       }) {
    CAPTURE(row.says);
    const auto ran = check_redis(row.url, row.flags);
    CAPTURE(ran.out);
    CAPTURE(ran.err);
    CHECK(ran.exit_code == row.exit_code);
    CHECK(has(ran.out + ran.err, row.says));
    CHECK_FALSE(has(ran.out + ran.err, "hidden-pw"));
    CHECK_FALSE(has(ran.out + ran.err, "right-password"));
  }
}

TEST_CASE("check-redis --wait: until the server is there") {
  test::PrivateRedis server;
  server.stop();
  test::ProcessOptions options;
  options.environment = {{"REDIS_URL", server.url()}};
  test::Process waiting({BIGOCEAN_BINARY, "check-redis", "--wait", "1m"}, options);
  REQUIRE(waiting.wait_for_output("waiting, ", 30s));
  server.start();
  CHECK(waiting.wait().exit_code == 0);
}

}  // namespace check_redis
