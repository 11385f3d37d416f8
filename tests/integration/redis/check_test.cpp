// check-redis against real servers in good and bad states.
#include "redis/check.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/servers.hpp"
#include "tests/support/stand_in.hpp"

using namespace bigocean;
using namespace std::chrono_literals;
using base::CheckLevel;

namespace {

config::Settings::Redis settings(const std::string& url) {
  config::Settings::Redis value;
  value.url = config::Secret(url);
  value.connect_timeout = 2s;
  value.command_timeout = 2s;
  value.version_min = 7;
  return value;
}

base::CheckReport check(const std::string& url) { return redis::check(settings(url), nullptr); }

base::Check row(const base::CheckReport& report, std::string_view id) {
  const auto* found = report.find(id);
  REQUIRE_MESSAGE(found != nullptr, "no row " << std::string(id));
  return *found;
}

CheckLevel level(const base::CheckReport& report, std::string_view id) { return row(report, id).level; }

std::string with_user(const test::PrivateRedis& server, const std::string& user) {
  return "redis://" + user + "@127.0.0.1:" + std::to_string(server.port());
}

}  // namespace

TEST_CASE("a healthy Redis: every row ok or info, stages timed, nothing left behind") {
  const test::PrivateRedis server;
  const auto report = check(server.url());
  CHECK(report.exit_code() == base::ExitCode::kDone);
  for (const auto& one : report.checks) {
    CAPTURE(one.id);
    CAPTURE(one.observed);
    CHECK((one.level == CheckLevel::kOk || one.level == CheckLevel::kInfo));
  }
  for (const char* id : {"resolve", "tcp", "ping"}) CHECK(row(report, id).elapsed.has_value());
  auto client = redis::Client::connect(config::Secret(server.url()), {});
  CHECK(client.command({"DBSIZE"}).integer == 0);
}

TEST_CASE("a replica fails on role and write, and time may heal it") {
  const test::PrivateRedis master;
  const test::PrivateRedis replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  auto client = redis::Client::connect(config::Secret(replica.url()), {});
  test::wait_until("the replica's link", 30s, [&] {
    return client.command({"INFO", "replication"}).text.find("master_link_status:up") != std::string::npos;
  });
  const auto report = check(replica.url());
  CHECK(report.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(report, "role").observed == "replica of 127.0.0.1");
  CHECK(row(report, "write").observed.find("READONLY") != std::string::npos);
  CHECK(level(report, "script") == CheckLevel::kOk);
  CHECK(report.can_heal());
}

TEST_CASE("memory: a small limit and an evicting policy warn, a full one fails") {
  const test::PrivateRedis server({"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"});
  const auto report = check(server.url());
  CHECK(report.exit_code() == base::ExitCode::kDone);
  CHECK(level(report, "memory.limit") == CheckLevel::kWarn);
  CHECK(level(report, "memory.policy") == CheckLevel::kWarn);
  CHECK(row(report, "memory.policy").observed == "allkeys-lru");

  const test::PrivateRedis full({"--maxmemory", "1", "--maxmemory-policy", "noeviction"});
  const auto refused = check(full.url());
  CHECK(refused.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(refused, "write").observed.find("OOM") != std::string::npos);
}

TEST_CASE("a last save that failed: writes are refused with MISCONF") {
  const test::TempDir parent;
  const std::string folder = parent.path() + "/data";
  REQUIRE(test::run({"mkdir", folder}).exit_code == 0);
  const test::PrivateRedis server({"--save", "3600 100000", "--dir", folder});
  auto client = redis::Client::connect(config::Secret(server.url()), {});
  REQUIRE(test::run({"rmdir", folder}).exit_code == 0);
  client.command({"SET", "key", "value"});
  client.command({"BGSAVE"});
  test::wait_until("the save to fail", 30s, [&] {
    return client.command({"INFO", "persistence"}).text.find("rdb_last_bgsave_status:err") !=
           std::string::npos;
  });
  const auto report = check(server.url());
  CHECK(level(report, "persistence") == CheckLevel::kWarn);
  CHECK(row(report, "write").observed.find("SET refused: MISCONF") == 0);
  CHECK(report.exit_code() == base::ExitCode::kCheckFailed);
}

TEST_CASE("ACL users: without EVAL, without INFO, without the keys") {
  const test::PrivateRedis server;
  auto client = redis::Client::connect(config::Secret(server.url()), {});
  client.command({"ACL", "SETUSER", "noeval", "on", ">pw1", "~*", "+@all", "-eval"});
  client.command({"ACL", "SETUSER", "noinfo", "on", ">pw2", "~*", "+@all", "-info", "-time"});
  client.command({"ACL", "SETUSER", "nokeys", "on", ">pw3", "~app:*", "+@all"});
  client.command({"ACL", "SETUSER", "noping", "on", ">pw4", "~*", "+@all", "-ping"});

  const auto no_eval = check(with_user(server, "noeval:pw1"));
  CHECK(no_eval.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(level(no_eval, "script") == CheckLevel::kFail);
  CHECK(level(no_eval, "write") == CheckLevel::kOk);

  const auto no_info = check(with_user(server, "noinfo:pw2"));
  CHECK(no_info.exit_code() == base::ExitCode::kDone);
  for (const char* id : {"version", "role", "memory.limit", "clients", "clock"}) {
    CAPTURE(id);
    CHECK(level(no_info, id) == CheckLevel::kSkipped);
  }
  CHECK(no_info.reason().find("skipped: version") != std::string::npos);

  const auto no_keys = check(with_user(server, "nokeys:pw3"));
  CHECK(row(no_keys, "write").observed.find("SET refused: NOPERM") == 0);
  CHECK(check(with_user(server, "noping:pw4")).exit_code() == base::ExitCode::kDone);
}

TEST_CASE("cluster mode, version floor, few clients left") {
  const test::PrivateRedis cluster({"--cluster-enabled", "yes"});
  const auto report = check(cluster.url());
  CHECK(report.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(report, "mode").observed == "cluster");

  const test::PrivateRedis server({"--maxclients", "1"});
  auto strict = settings(server.url());
  strict.version_min = 99;
  const auto old = redis::check(strict, nullptr);
  CHECK(row(old, "version").expected == "99 or newer");
  CHECK(level(old, "version") == CheckLevel::kFail);
  CHECK(level(old, "clients") == CheckLevel::kWarn);
}

TEST_CASE("a failed connection says which stage, and what was not reached") {
  const test::PrivateRedis server({"--requirepass", "right-password"});
  const auto report = check("redis://:wrong-password@127.0.0.1:" + std::to_string(server.port()));
  CHECK(report.exit_code() == base::ExitCode::kUnreachable);
  CHECK(level(report, "tcp") == CheckLevel::kOk);
  CHECK(level(report, "authentication") == CheckLevel::kFail);
  CHECK(level(report, "ping") == CheckLevel::kSkipped);
  CHECK_FALSE(report.can_heal());
  for (const auto& one : report.checks) {
    CHECK((one.observed + one.expected + one.remedy).find("wrong-password") == std::string::npos);
  }
  CHECK(report.target.find("wrong-password") == std::string::npos);

  const auto refused = check("redis://127.0.0.1:" + std::to_string(test::free_port()));
  CHECK(level(refused, "tcp") == CheckLevel::kFail);
  CHECK(refused.can_heal());
}

TEST_CASE("loading: reached, but not fit yet, and time heals it") {
  // Slowed down to a millisecond a key, and to listen between keys, so that it can be seen loading.
  test::PrivateRedis server({"--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024",
                             "--dbfilename", "dump.rdb"});
  {
    auto client = redis::Client::connect(config::Secret(server.url()), {});
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < 3000; ++i) commands.push_back({"SET", "key:" + std::to_string(i), "value"});
    commands.push_back({"SAVE"});
    client.pipeline(commands);
  }
  server.stop();
  std::thread starting([&] { server.start(); });
  base::CheckReport report;
  test::wait_until("the server to answer while it loads", 30s, [&] {
    report = check(server.url());
    return report.connected;
  });
  starting.join();
  CHECK(report.exit_code() == base::ExitCode::kCheckFailed);
  CHECK(row(report, "ping").observed.find("LOADING") != std::string::npos);
  CHECK(level(report, "tcp") == CheckLevel::kOk);
  CHECK(report.can_heal());
  CHECK(check(server.url()).exit_code() == base::ExitCode::kDone);
}
