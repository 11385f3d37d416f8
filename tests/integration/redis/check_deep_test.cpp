// check-redis --deep finds each bad state of a Redis, and its remedies run as redis-cli reads them.
#include <doctest/doctest.h>

#include <set>

#include "redis/check_deep.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"

namespace check_deep_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

using Given = std::optional<base::GivenThreshold>;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

base::CheckReport deep_report(const std::string& url, std::vector<std::string> only, Given given = {}) {
  auto settings = default_settings();
  settings.redis.url = config::Secret(url);
  redis::DeepOptions options;
  if (given) options.thresholds[only.at(0)] = *given;
  options.only = std::move(only);
  return redis::check(settings, nullptr, {}, &options);
}

base::Check deep_row(const std::string& url, const std::string& id, Given given = {}) {
  const auto report = deep_report(url, {id}, given);
  CAPTURE(report.reason());
  REQUIRE(report.find(id) != nullptr);
  return *report.find(id);
}

base::Check expect_warning(const std::string& url, const std::string& id, Given given,
                           std::string_view says) {
  const auto row = deep_row(url, id, given);
  const auto text = row.observed + " -> " + row.remedy;
  CAPTURE(text);
  CHECK(base::check_level_name(row.level) == "warn");
  CHECK(has(text, says));
  return row;
}

redis::Client client_of(const PrivateRedis& server) {
  return redis::Client::connect(config::Secret(server.url()), {});
}

/// What redis-cli answers to the remedy, command by command.
std::string run_remedy(const PrivateRedis& server, const std::string& remedy) {
  std::string lines = remedy;
  for (auto at = lines.find("; "); at != lines.npos; at = lines.find("; ")) lines.replace(at, 2, "\n");
  const auto done = run({"bash", "-c", "printf '%s\\n' \"$1\" | redis-cli -p \"$2\"", "redis-cli", lines,
                         std::to_string(server.port())});
  CAPTURE(done.out);
  CHECK(done.exit_code == 0);
  CHECK_FALSE(has(done.out, "ERR"));
  return done.out;
}

}  // namespace

TEST_CASE("check-redis --deep: every row of the report, once and in order, with a threshold and its source") {
  const PrivateRedis server;
  const auto report = deep_report(server.url(), {});
  auto ids = redis::check_ids();
  for (const auto id : redis::deep_check_ids()) ids.push_back(id);
  CHECK(std::set<std::string_view>(ids.begin(), ids.end()).size() == ids.size());
  expect_ids(report, ids);
  CHECK(report.exit_code() == ExitCode::kDone);
  for (const auto id : redis::deep_check_ids()) {
    CAPTURE(id);
    const auto* row = report.find(id);
    CHECK((row->level == CheckLevel::kOk || row->level == CheckLevel::kInfo));
    REQUIRE(row->measure.has_value());
    CHECK_FALSE(row->measure->threshold.empty());
    CHECK_FALSE(row->measure->source.empty());
    const auto explained = redis::explain_check(id, {});
    REQUIRE(explained.has_value());
    CHECK_FALSE(explained->questions.at(0).second.empty());
  }
}

TEST_CASE("check-redis --deep: memory that the keys do not need") {
  const PrivateRedis server({"--enable-debug-command", "yes"});
  auto client = client_of(server);
  client.command({"DEBUG", "POPULATE", "60000", "key", "1000"});
  client.command(
      {"EVAL", "for i = 0, 59999 do if i % 8 > 0 then redis.call('DEL', 'key:' .. i) end end", "0"});
  wait_until("the server to look at its memory", 20s,
             [&] { return deep_row(server.url(), "memory.fragmentation").level == CheckLevel::kWarn; });
  const auto row = expect_warning(server.url(), "memory.fragmentation", {}, "times as much -> MEMORY PURGE");
  run_remedy(server, row.remedy);
  client.command({"FLUSHALL"});
  wait_until("the server to look at its memory again", 20s,
             [&] { return deep_row(server.url(), "memory.fragmentation").level == CheckLevel::kInfo; });
}

TEST_CASE("check-redis --deep: keys that were evicted, and clients that were sent away") {
  const PrivateRedis server({"--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru", "--maxclients", "2"});
  auto client = client_of(server);
  const std::string value(10'000, 'x');
  for (int i = 0; i < 400; ++i) client.command({"SET", std::to_string(i), value});
  {
    const auto second = client_of(server);
    CHECK_THROWS_AS(client_of(server), redis::RedisError);
  }
  wait_until("the second client to be gone", 20s, [&] {
    try {
      return deep_report(server.url(), {"clients.rejected"}).connected;
    } catch (const redis::RedisError&) {
      return false;
    }
  });
  const auto evicted =
      expect_warning(server.url(), "memory.evictions", {}, "CONFIG SET maxmemory 6291456; CONFIG RESETSTAT");
  const auto rejected =
      expect_warning(server.url(), "clients.rejected", {}, "CONFIG SET maxclients 4; CONFIG RESETSTAT");
  CHECK(deep_row(server.url(), "memory.evictions", Given{{1e9, {}}}).level == CheckLevel::kOk);
  run_remedy(server, evicted.remedy);
  run_remedy(server, rejected.remedy);
  CHECK(deep_row(server.url(), "memory.evictions").level == CheckLevel::kOk);
  CHECK(deep_row(server.url(), "clients.rejected").level == CheckLevel::kOk);
}

TEST_CASE("check-redis --deep: slow commands by name, without what they were asked") {
  const PrivateRedis server({"--enable-debug-command", "yes"});
  auto client = client_of(server);
  client.command({"DEBUG", "SLEEP", "0.02"});
  client.command({"EVAL",
                  "local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 15000 repeat t = "
                  "redis.call('TIME') until t[1] * 1000000 + t[2] > e",
                  "1", "a secret"});
  const auto row = expect_warning(server.url(), "slow_log", {}, "DEBUG (1 times, up to ");
  CHECK(has(row.observed, "EVAL (1 times, up to "));
  CHECK_FALSE(has(row.observed, "secret"));
  CHECK(has(run_remedy(server, row.remedy), "SLEEP"));
  CHECK(deep_row(server.url(), "slow_log", Given{{60'000, {}}}).level == CheckLevel::kOk);
  client.command({"SLOWLOG", "RESET"});
  client.command({"CONFIG", "SET", "slowlog-log-slower-than", "-1"});
  const auto off = deep_row(server.url(), "slow_log");
  CHECK(off.level == CheckLevel::kSkipped);
  CHECK(off.observed == "the slow log is off");
  run_remedy(server, off.remedy);
  CHECK(deep_row(server.url(), "slow_log").level == CheckLevel::kOk);
}

TEST_CASE("check-redis --deep: reads that find nothing") {
  const PrivateRedis server;
  CHECK(deep_row(server.url(), "hit_rate").level == CheckLevel::kInfo);
  auto client = client_of(server);
  client.command({"SET", "key", "value"});
  const std::vector<std::vector<std::string>> misses(900, {"GET", "missing"}), hits(200, {"GET", "key"});
  client.pipeline(misses);
  client.pipeline(hits);
  const auto row = expect_warning(server.url(), "hit_rate", {}, "18.");
  run_remedy(server, row.remedy);
  CHECK(deep_row(server.url(), "hit_rate", Given{{10, {}}}).level == CheckLevel::kOk);
}

TEST_CASE("check-redis --deep: large keys, all of them or by sampling") {
  const PrivateRedis server;
  auto client = client_of(server);
  client.command({"SET", "small", "1"});
  client.command({"SETRANGE", "a \"big\"\n\x01 one", "2000000", "x"});
  client.command({"EVAL", "for i = 1, 3000 do redis.call('RPUSH', 'list', string.rep('x', 1000)) end", "0"});
  const auto row = expect_warning(server.url(), "large_keys", {}, R"("a \"big\"\x0a\x01 one" (string, )");
  CHECK(row.measure->findings.size() == 2);
  CHECK(has(row.remedy, R"(STRLEN "a \"big\"\x0a\x01 one")"));
  const auto counted = run_remedy(server, row.remedy);
  CHECK(has(counted, "2000001"));
  CHECK(has(counted, "3000"));
  client.command({"UNLINK", "list"});
  client.command({"UNLINK", "a \"big\"\n\x01 one"});
  CHECK(deep_row(server.url(), "large_keys").observed == "none of 1 of 1 keys");
  client.command({"EVAL", "for i = 1, 1500 do redis.call('SET', 'k' .. i, string.rep('x', 200)) end", "0"});
  const auto sampled = expect_warning(server.url(), "large_keys", Given{{200, {}}}, "(string, ");
  CHECK(sampled.measure->findings.size() > 300);
  CHECK(has(deep_row(server.url(), "large_keys").observed, " of 1501 keys"));
}

TEST_CASE("check-redis --deep: changes that are not saved") {
  const PrivateRedis server({"--save", "3600 1"});
  auto client = client_of(server);
  client.command({"SET", "key", "value"});
  const auto row = expect_warning(server.url(), "persistence.lag", Given{{0, {}}}, "-> BGSAVE");
  CHECK(deep_row(server.url(), "persistence.lag").level == CheckLevel::kOk);
  run_remedy(server, row.remedy);
  // The check itself writes a key, and removes it: a change or two is always there.
  wait_until("the save", 20s, [&] {
    return has(client.command({"INFO", "persistence"}).text, "rdb_changes_since_last_save:0");
  });
  const PrivateRedis nothing, appending({"--appendonly", "yes"});
  CHECK(deep_row(nothing.url(), "persistence.lag", Given{{0, {}}}).level == CheckLevel::kInfo);
  CHECK(deep_row(appending.url(), "persistence.lag", Given{{0, {}}}).level == CheckLevel::kOk);
}

TEST_CASE("check-redis --deep: a replica that is behind, and one whose master is away") {
  PrivateRedis master;
  PrivateRedis replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  wait_until("the replica's link", 30s, [&] {
    return deep_row(master.url(), "replication.lag").level == CheckLevel::kOk &&
           has(deep_row(master.url(), "replication.lag").observed, "online");
  });
  replica.pause();
  wait_until("the replica to be behind", 30s, [&] {
    return deep_row(master.url(), "replication.lag", Given{{2, {}}}).level == CheckLevel::kWarn;
  });
  const auto behind = expect_warning(master.url(), "replication.lag", Given{{2, {}}}, " is online, ");
  CHECK(has(run_remedy(master, behind.remedy), "flags=S"));
  replica.resume();
  wait_until("the replica to catch up", 30s, [&] {
    return deep_row(master.url(), "replication.lag", Given{{2, {}}}).level == CheckLevel::kOk;
  });
  CHECK(has(deep_row(replica.url(), "replication.lag").observed, "is up, heard of"));
  master.stop();
  wait_until("the replica to see it", 30s,
             [&] { return deep_row(replica.url(), "replication.lag").level == CheckLevel::kWarn; });
  const auto away = expect_warning(replica.url(), "replication.lag", {}, "is down, since");
  CHECK(away.remedy == "REPLICAOF 127.0.0.1 " + std::to_string(master.port()));
  master.start();
  run_remedy(replica, away.remedy);
  wait_until("the replica's link", 30s,
             [&] { return deep_row(replica.url(), "replication.lag").level == CheckLevel::kOk; });
}

TEST_CASE("check-redis --deep: what a user may not ask is skipped, and its remedy allows it") {
  const PrivateRedis server;
  auto admin = client_of(server);
  admin.command({"SET", "key", "value"});
  for (const auto& [rule, id] :
       std::vector<std::pair<std::string, std::string>>{{"-info", "memory.fragmentation"},
                                                        {"-info", "replication.lag"},
                                                        {"-slowlog", "slow_log"},
                                                        {"-dbsize", "large_keys"},
                                                        {"-memory", "large_keys"},
                                                        {"-scan", "large_keys"}}) {
    CAPTURE(rule);
    admin.command({"ACL", "SETUSER", "app", "reset", "on", ">pw", "~*", "+@all", rule});
    const auto url = "redis://app:pw@127.0.0.1:" + std::to_string(server.port());
    const auto row = deep_row(url, id);
    CHECK(base::check_level_name(row.level) == "skipped");
    CHECK(has(row.observed, "NOPERM"));
    run_remedy(server, row.remedy);
    CHECK(deep_row(url, id).level != CheckLevel::kSkipped);
  }
}

}  // namespace check_deep_test
