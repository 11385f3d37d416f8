// The judgement of check-redis on made-up facts.
#include <doctest/doctest.h>

#include <algorithm>

#include "redis/check.hpp"
#include "tests/support/check_expectation.hpp"

namespace judge_test {

using namespace bigocean;
using base::CheckLevel;

namespace {

redis::Reply text(std::string value) { return {redis::Reply::Kind::kText, std::move(value), 0, {}}; }
redis::Reply integer(long long value) { return {redis::Reply::Kind::kInteger, "", value, {}}; }
redis::Reply refusal(std::string value) { return {redis::Reply::Kind::kError, std::move(value), 0, {}}; }

redis::Facts healthy() {
  redis::Facts facts;
  facts.info = {{"redis_version", "7.0.15"},
                {"redis_mode", "standalone"},
                {"role", "master"},
                {"maxmemory", "0"},
                {"maxmemory_policy", "noeviction"},
                {"used_memory", "1000000"},
                {"rdb_last_bgsave_status", "ok"},
                {"aof_last_write_status", "ok"},
                {"connected_clients", "3"},
                {"maxclients", "10000"}};
  facts.asked_at = std::chrono::seconds(1000);
  facts.time = {redis::Reply::Kind::kArray, "", 0, {text("1000"), text("250000")}};
  facts.user = "app";
  facts.host = "cache.example.com";
  facts.tls_version = "TLSv1.3";
  facts.writes = {{"SET", text("OK")},
                  {"GET", text("1")},
                  {"INCRBY", integer(2)},
                  {"PEXPIRE", integer(1)},
                  {"DEL", integer(1)}};
  facts.scripts = {{"SCRIPT LOAD", text("sha")}, {"EVALSHA", text("1000")}, {"EVAL", text("1000")}};
  facts.pings.assign(20, std::chrono::milliseconds(1));
  return facts;
}

base::Check row(const redis::Facts& facts, std::string_view id) {
  const auto rows = redis::judge(facts, test::default_settings());
  const auto found = std::ranges::find(rows, id, &base::Check::id);
  REQUIRE_MESSAGE(found != rows.end(), "no row " << std::string(id));
  return *found;
}

CheckLevel level(const redis::Facts& facts, std::string_view id) { return row(facts, id).level; }

}  // namespace

TEST_CASE("a healthy Redis has nothing but ok, and a row for every id behind the connection's") {
  const auto rows = redis::judge(healthy(), test::default_settings());
  const auto stages = std::ranges::count_if(redis::check_ids(), base::is_connection_stage);
  CHECK(std::ssize(rows) + stages == std::ssize(redis::check_ids()));
  for (const auto& one : rows) {
    CAPTURE(one.id);
    CHECK(one.level == CheckLevel::kOk);
    CHECK(one.remedy.empty());
  }
}

TEST_CASE("one changed field changes one row") {
  struct Change {
    const char* field;
    const char* value;
    const char* id;
    CheckLevel level;
  };
  for (const Change& change : {
           Change{"redis_version", "6.2.14", "version", CheckLevel::kFail},
           Change{"redis_version", "10.0.0", "version", CheckLevel::kOk},
           Change{"redis_mode", "cluster", "mode", CheckLevel::kFail},
           Change{"redis_mode", "sentinel", "mode", CheckLevel::kFail},
           Change{"server_mode", "cluster", "mode", CheckLevel::kFail},
           Change{"role", "slave", "role", CheckLevel::kFail},
           Change{"maxmemory", "134217727", "memory.limit", CheckLevel::kWarn},
           Change{"maxmemory", "134217728", "memory.limit", CheckLevel::kOk},
           Change{"rdb_last_bgsave_status", "err", "persistence", CheckLevel::kWarn},
           Change{"aof_last_write_status", "err", "persistence", CheckLevel::kWarn},
           Change{"connected_clients", "7999", "clients", CheckLevel::kOk},
           Change{"connected_clients", "8000", "clients", CheckLevel::kWarn},
       }) {
    CAPTURE(change.field);
    CAPTURE(change.value);
    auto facts = healthy();
    facts.info[change.field] = change.value;
    const auto found = row(facts, change.id);
    CHECK(found.level == change.level);
    CHECK(found.remedy.empty() == (change.level == CheckLevel::kOk));
  }
}

TEST_CASE("an evicting policy matters only where there is a limit") {
  auto facts = healthy();
  facts.info["maxmemory_policy"] = "allkeys-lru";
  CHECK(level(facts, "memory.policy") == CheckLevel::kOk);
  facts.info["maxmemory"] = "268435456";
  CHECK(level(facts, "memory.policy") == CheckLevel::kWarn);
  CHECK(level(facts, "memory.used") == CheckLevel::kOk);
  facts.info["used_memory"] = "260000000";
  CHECK(level(facts, "memory.used") == CheckLevel::kWarn);
}

TEST_CASE("the clock may be two seconds off, either way") {
  auto facts = healthy();
  for (const auto& [seconds, wanted] :
       {std::pair{"1002", CheckLevel::kOk}, {"1003", CheckLevel::kWarn}, {"997", CheckLevel::kWarn}}) {
    facts.time.elements = {text(seconds), text("0")};
    CHECK(level(facts, "clock") == wanted);
  }
}

TEST_CASE("what may not be read is skipped, never ok") {
  auto facts = healthy();
  facts.info.clear();
  facts.info_refusal = "NOPERM this user has no permissions to run the 'info' command";
  facts.time = refusal("NOPERM this user has no permissions to run the 'time' command");
  for (const char* id : {"version", "mode", "role", "memory.limit", "persistence", "clients", "clock"}) {
    CAPTURE(id);
    CHECK(level(facts, id) == CheckLevel::kSkipped);
    CHECK_FALSE(row(facts, id).remedy.empty());
  }
  CHECK(level(facts, "write") == CheckLevel::kOk);
}

TEST_CASE("one refused command: the row names it, and what to do") {
  struct Refusal {
    const char* command;
    const char* text;
    const char* id;
    const char* remedy;
    bool transient;
  };
  for (const Refusal& refused : {
           Refusal{"SET", "MISCONF Redis is configured to save RDB snapshots", "write", "disk", true},
           Refusal{"SET", "OOM command not allowed when used memory > 'maxmemory'", "write", "maxmemory",
                   false},
           Refusal{"DEL", "NOPERM this user has no permissions", "write", "+del ~bigocean:*", false},
           Refusal{"EVAL", "NOPERM this user has no permissions", "script", "ACL SETUSER app +eval", false},
           Refusal{"SCRIPT LOAD", "NOPERM this user has no permissions", "script", "+script", false},
           Refusal{"EVALSHA", "ERR unknown command `EVALSHA`", "script", "neither renamed", false},
       }) {
    CAPTURE(refused.command);
    auto facts = healthy();
    for (auto* probes : {&facts.writes, &facts.scripts}) {
      for (auto& probe : *probes) {
        if (probe.command == refused.command) probe.reply = refusal(refused.text);
      }
    }
    const auto found = row(facts, refused.id);
    CHECK(found.level == CheckLevel::kFail);
    CHECK(found.observed == std::string(refused.command) + " refused: " + refused.text);
    CHECK(found.remedy.find(refused.remedy) != std::string::npos);
    CHECK(found.transient == refused.transient);
  }
}

TEST_CASE("where all writes are refused, nothing is known of scripts that write") {
  auto facts = healthy();
  facts.writes[0].reply = refusal("READONLY You can't write against a read only replica.");
  facts.scripts[1].reply = facts.scripts[2].reply = facts.writes[0].reply;
  CHECK(level(facts, "write") == CheckLevel::kFail);
  CHECK(level(facts, "script") == CheckLevel::kSkipped);
}

TEST_CASE("a key that vanishes at once is no success") {
  auto facts = healthy();
  facts.writes[1].reply = {};
  facts.writes[2].reply = integer(1);
  CHECK(level(facts, "write") == CheckLevel::kFail);
}

TEST_CASE("the slowest of a hundred PINGs counts, where there are twenty the slowest of all") {
  auto facts = healthy();
  facts.pings.back() = std::chrono::milliseconds(51);
  CHECK(level(facts, "latency") == CheckLevel::kWarn);
  facts.pings.assign(200, std::chrono::milliseconds(1));
  facts.pings.back() = std::chrono::milliseconds(51);
  CHECK(level(facts, "latency") == CheckLevel::kOk);
  facts.pings.clear();
  CHECK(level(facts, "latency") == CheckLevel::kSkipped);
}

TEST_CASE("an unencrypted session matters on a public network") {
  auto facts = healthy();
  facts.tls_version.clear();
  CHECK(level(facts, "encryption") == CheckLevel::kWarn);
  facts.host = "redis.railway.internal";
  CHECK(level(facts, "encryption") == CheckLevel::kInfo);
}

TEST_CASE(
    "a row of the service's own: its answer is judged, its refusal is skipped, its keys are in the "
    "remedies") {
  const redis::ServiceRow own{
      .id = "own", .pattern = "own:*", .key = nullptr, .judge = [](const auto& value, const auto&) {
        return bigocean::base::Check{"own", CheckLevel::kInfo, value.text, {}, {}, {}};
      }};
  auto facts = healthy();
  const auto last = [&] { return redis::judge(facts, test::default_settings(), {&own, 1}).back(); };
  facts.service = {text("7")};
  CHECK(last().observed == "7");
  facts.service = {{redis::Reply::Kind::kError, "NOPERM no", 0, {}}};
  CHECK(last().level == CheckLevel::kSkipped);
  CHECK(last().remedy.find("~own:*") != std::string::npos);
}

}  // namespace judge_test
