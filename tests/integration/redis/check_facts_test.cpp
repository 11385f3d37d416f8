// check-redis against servers that can be connected to, each in one bad state.
#include <doctest/doctest.h>

#include "redis/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/server_tools.hpp"
#include "tests/support/servers.hpp"

namespace check_facts_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

base::CheckReport check(const std::string& url, const config::Settings& settings = default_settings()) {
  auto with_url = settings;
  with_url.redis.url = config::Secret(url);
  return redis::check(with_url, nullptr);
}

redis::Client client_of(const PrivateRedis& server) {
  return redis::Client::connect(config::Secret(server.url()), {});
}

Expected skips(std::string_view id, std::string_view says) {
  return {id, CheckLevel::kSkipped, ExitCode::kDone, says};
}

}  // namespace

TEST_CASE("check-redis: a healthy Redis has every row, stages are timed, and nothing stays behind") {
  const PrivateRedis server;
  const auto report = check(server.url());
  expect_ids(report, redis::check_ids());
  CHECK(report.exit_code() == ExitCode::kDone);
  for (const auto& one : report.checks) {
    CAPTURE(one.id);
    CAPTURE(one.observed);
    CHECK((one.level == CheckLevel::kOk || one.level == CheckLevel::kInfo));
    if (base::is_connection_stage(one.id)) CHECK(one.elapsed.has_value());
  }
  CHECK(client_of(server).command({"DBSIZE"}).integer == 0);
}

TEST_CASE("check-redis: one way to start the server, which one row tells") {
  struct Row {
    std::vector<std::string> arguments;
    Expected expected;
  };
  for (const Row& row : {
           Row{{"--cluster-enabled", "yes"}, fails("mode", "cluster")},
           Row{{"--maxmemory", "64mb"}, warns("memory.limit", "CONFIG SET maxmemory 134217728")},
           Row{{"--maxmemory", "200mb", "--maxmemory-policy", "allkeys-lru"},
               warns("memory.policy", "CONFIG SET maxmemory-policy noeviction")},
           Row{{"--maxmemory", "1", "--maxmemory-policy", "noeviction"}, fails("write", "SET refused: OOM")},
           Row{{"--maxclients", "1"}, warns("clients", "1 of 1")},
           Row{{"--rename-command", "EVAL", ""}, fails("script", "EVAL refused: ERR unknown command")},
           Row{{"--rename-command", "INCRBY", ""}, fails("write", "INCRBY refused: ERR unknown command")},
           Row{{"--min-replicas-to-write", "1"}, fails("write", "NOREPLICAS", true)},
       }) {
    CAPTURE(row.expected.says);
    const PrivateRedis server(row.arguments);
    expect(check(server.url()), row.expected);
  }
}

TEST_CASE("check-redis: floors and ceilings come from the settings") {
  const PrivateRedis server({"--maxmemory", "200mb"});
  auto strict = default_settings();
  strict.redis.version_min = 99;
  strict.check.latency_max = 0ms;
  strict.check.memory_percent_max = 0;
  strict.check.clients_percent_max = 0;
  const auto report = check(server.url(), strict);
  expect(report, fails("version", "99 or newer"));
  for (const char* id : {"latency", "memory.used", "clients"})
    expect(report, {id, CheckLevel::kWarn, ExitCode::kCheckFailed});
}

TEST_CASE("check-redis: a user who may not do everything") {
  const PrivateRedis server;
  auto client = client_of(server);
  struct Row {
    std::vector<std::string> rules;
    Expected expected;
  };
  for (const Row& row : {
           Row{{"~*", "+@all", "-eval"}, fails("script", "ACL SETUSER app +eval")},
           Row{{"~*", "+@all", "-evalsha"}, fails("script", "EVALSHA refused: NOPERM")},
           Row{{"~*", "+@all", "-script"}, fails("script", "SCRIPT LOAD refused: NOPERM")},
           Row{{"~*", "+@all", "-set"}, fails("write", "ACL SETUSER app +set")},
           Row{{"~*", "+@all", "-del"}, fails("write", "DEL refused: NOPERM")},
           Row{{"~other:*", "+@all"}, fails("write", "~bigocean:*")},
           Row{{"~*", "+@all", "-info"}, skips("version", "ACL SETUSER app +info")},
           Row{{"~*", "+@all", "-info"}, skips("memory.policy", "NOPERM")},
           Row{{"~*", "+@all", "-time"}, skips("clock", "ACL SETUSER app +time")},
           Row{{"~*", "+@all", "-pttl"}, fails("script", "+script +pttl")},
           Row{{"~*", "+@all", "-ping"}, skips("latency", "ACL SETUSER app +ping")},
       }) {
    CAPTURE(row.expected.says);
    std::vector<std::string> command = {"ACL", "SETUSER", "app", "reset", "on", ">pw"};
    command.insert(command.end(), row.rules.begin(), row.rules.end());
    client.command(command);
    expect(check("redis://app:pw@127.0.0.1:" + std::to_string(server.port())), row.expected);
  }
}

TEST_CASE("check-redis: a replica, and a sentinel") {
  const PrivateRedis master;
  const std::string port = std::to_string(master.port());
  const PrivateRedis replica({"--replicaof", "127.0.0.1 " + port});
  auto client = client_of(replica);
  wait_until("the replica's link", 30s, [&] {
    return client.command({"INFO", "replication"}).text.find("master_link_status:up") != std::string::npos;
  });
  const auto report = check(replica.url());
  expect(report, fails("role", "replica of 127.0.0.1", true));
  expect(report, fails("write", "READONLY", true));
  expect(report,
         {"script", CheckLevel::kSkipped, ExitCode::kCheckFailed, "unknown while writes are refused"});

  const TempDir folder;
  const std::string file = folder.write("sentinel.conf", "sentinel monitor main 127.0.0.1 " + port + " 1\n");
  const int sentinel_port = free_port();
  Process sentinel({redis_server(), file, "--sentinel", "--port", std::to_string(sentinel_port)});
  REQUIRE(sentinel.wait_for_output("+monitor master", 30s));
  const auto seen = check("redis://127.0.0.1:" + std::to_string(sentinel_port));
  expect(seen, fails("mode", "SENTINEL GET-MASTER-ADDR-BY-NAME"));
  expect(seen, fails("write", "SET refused: ERR unknown command"));
}

TEST_CASE("check-redis: a last save that failed, so that writes are refused") {
  const TempDir parent;
  const std::string folder = parent.path() + "/data";
  REQUIRE(run({"mkdir", folder}).exit_code == 0);
  const PrivateRedis server({"--save", "3600 100000", "--dir", folder});
  auto client = client_of(server);
  REQUIRE(run({"rmdir", folder}).exit_code == 0);
  client.command({"SET", "key", "value"});
  client.command({"BGSAVE"});
  wait_until("the save to fail", 30s, [&] {
    return client.command({"INFO", "persistence"}).text.find("rdb_last_bgsave_status:err") !=
           std::string::npos;
  });
  const auto report = check(server.url());
  expect(report, {"persistence", CheckLevel::kWarn, ExitCode::kCheckFailed, "the last save failed"});
  expect(report, fails("write", "SET refused: MISCONF", true));
}

}  // namespace check_facts_test
