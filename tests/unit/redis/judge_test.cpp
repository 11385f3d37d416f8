// The judgement of check-redis over made-up facts.
#include <doctest/doctest.h>

#include <algorithm>

#include "redis/check.hpp"

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
  facts.set = text("OK");
  facts.get = text("1");
  facts.increment = integer(2);
  facts.script = text("2");
  facts.remove = integer(1);
  return facts;
}

config::Settings::Redis settings() {
  config::Settings::Redis value;
  value.version_min = 7;
  return value;
}

base::Check row(const redis::Facts& facts, std::string_view id) {
  const auto rows = redis::judge(facts, settings());
  const auto found = std::ranges::find(rows, id, &base::Check::id);
  REQUIRE_MESSAGE(found != rows.end(), "no row " << std::string(id));
  return *found;
}

CheckLevel level(const redis::Facts& facts, std::string_view id) { return row(facts, id).level; }

}  // namespace

TEST_CASE("a healthy Redis has nothing but ok") {
  const auto rows = redis::judge(healthy(), settings());
  CHECK(rows.size() == 10);
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

TEST_CASE("the write probe names the command that was refused") {
  auto facts = healthy();
  facts.set = facts.increment = refusal("MISCONF Redis is configured to save RDB snapshots");
  CHECK(row(facts, "write").observed.find("SET refused: MISCONF") == 0);
  CHECK(row(facts, "write").remedy.find("disk") != std::string::npos);
  CHECK(row(facts, "write").can_heal);
  CHECK(level(facts, "script") == CheckLevel::kOk);
}

TEST_CASE("a key that vanishes at once is no success") {
  auto facts = healthy();
  facts.get = {};
  facts.increment = integer(1);
  CHECK(level(facts, "write") == CheckLevel::kFail);
}

TEST_CASE("EVAL refused by ACL or missing") {
  auto facts = healthy();
  facts.script = refusal("NOPERM this user has no permissions to run the 'eval' command");
  CHECK(row(facts, "script").level == CheckLevel::kFail);
  CHECK(row(facts, "script").remedy.find("+@scripting") != std::string::npos);
  CHECK_FALSE(row(facts, "script").can_heal);
  facts.script = refusal("ERR unknown command `EVAL`");
  CHECK(row(facts, "script").remedy.find("EVAL") != std::string::npos);
}
