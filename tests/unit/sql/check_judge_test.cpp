// The judgement of check-db on made-up facts: states that no test server can be brought into.
#include <algorithm>

#include <doctest/doctest.h>

#include "sql/check/check.hpp"
#include "tests/support/check_expectation.hpp"

namespace check_judge_test {

using namespace bigocean;
using base::CheckLevel;

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

Values healthy() {
  return {{"version", "16.4"},       {"encoding", "UTF8"},       {"server_now", "1000000000"},
          {"in_recovery", "f"},      {"read_only", "f"},         {"database", "app"},
          {"user", "app"},           {"search_path", "public"},  {"schema", "public"},
          {"schema_create", "t"},    {"history_exists", "t"},    {"history_create", "t"},
          {"backend_pid", "77"},     {"connections_max", "100"}, {"reserved_for_superusers", "3"},
          {"connections_used", "5"}, {"database_limit", "-1"},   {"role_limit", "-1"},
          {"sees_sessions", "t"},    {"collation_changed", "f"}, {"wal_level", "replica"},
          {"size", "8000000"},       {"time_zone", "UTC"},       {"transaction_id_age", "700"},
          {"time_zone_utc", "t"},    {"archive_mode", "off"},    {"archiving", "f"},
          {"standby_names", ""}};
}

sql::SessionFacts session() { return {"db.example.com", "TLSv1.3", 77, std::chrono::seconds(1000), {}}; }

base::Check row(const Values& values, std::string_view id, const sql::SessionFacts& with = session(),
                const std::vector<sql::Finding>& findings = {}) {
  const auto rows = sql::judge(sql::Facts(values, findings), with, test::default_settings());
  const auto found = std::ranges::find(rows, id, &base::Check::id);
  REQUIRE_MESSAGE(found != rows.end(), "no row " << std::string(id));
  return *found;
}

}  // namespace

TEST_CASE("one changed fact changes one row") {
  struct Change {
    const char* name;
    const char* value;
    const char* id;
    CheckLevel level;
  };
  for (const Change& change : {
           Change{"version", "15.9", "version", CheckLevel::kFail},
           Change{"version", "17beta1", "version", CheckLevel::kOk},
           Change{"encoding", "LATIN1", "encoding", CheckLevel::kFail},
           Change{"in_recovery", "t", "writable", CheckLevel::kFail},
           Change{"server_now", "1003000000", "clock", CheckLevel::kWarn},
           Change{"server_now", "1001000000", "clock", CheckLevel::kOk},
           Change{"connections_used", "88", "connections", CheckLevel::kWarn},
           Change{"connections_used", "87", "connections", CheckLevel::kOk},
           Change{"database_limit", "5", "connections", CheckLevel::kWarn},
           Change{"transaction_id_age", "1000000000", "transaction_ids", CheckLevel::kWarn},
           Change{"collation_changed", "t", "collation", CheckLevel::kWarn},
           Change{"backend_pid", "78", "pooler", CheckLevel::kWarn},
           Change{"sees_sessions", "f", "idle_in_transaction", CheckLevel::kSkipped},
           Change{"sequences_hidden", "2", "sequences", CheckLevel::kSkipped},
       }) {
    CAPTURE(change.name);
    CAPTURE(change.value);
    CHECK(row(healthy(), change.id).level == CheckLevel::kOk);
    auto values = healthy();
    values[change.name] = change.value;
    const auto found = row(values, change.id);
    CHECK(found.level == change.level);
    CHECK(found.remedy.empty() == (change.level == CheckLevel::kOk));
  }
}

TEST_CASE("a standby may be promoted: time can heal it") {
  auto values = healthy();
  values["in_recovery"] = "t";
  CHECK(row(values, "writable").transient);
}

TEST_CASE("an unencrypted session matters on a public network") {
  auto plain = session();
  plain.tls_version.clear();
  CHECK(row(healthy(), "encryption", plain).level == CheckLevel::kWarn);
  for (const char* host :
       {"localhost", "127.0.0.1", "::1", "/run/postgresql", "postgres", "db.railway.internal"}) {
    plain.host = host;
    CAPTURE(host);
    CHECK(row(healthy(), "encryption", plain).level == CheckLevel::kInfo);
  }
  for (const char* host : {"10.0.0.4", "fd12::4", "internal.example.com"}) {
    plain.host = host;
    CAPTURE(host);
    CHECK(row(healthy(), "encryption", plain).level == CheckLevel::kWarn);
  }
}

TEST_CASE("of many findings five are shown, and what was seen counts even where more may be hidden") {
  auto values = healthy();
  values["sees_sessions"] = "f";
  std::vector<sql::Finding> findings;
  for (int i = 1; i <= 7; ++i) {
    const std::string pid = std::to_string(i);
    findings.push_back({"idle_in_transaction", "pid " + pid, "end " + pid});
  }
  const auto found = row(values, "idle_in_transaction", session(), findings);
  CHECK(found.level == CheckLevel::kWarn);
  CHECK(found.observed == "pid 1, pid 2, pid 3, pid 4, pid 5 and 2 more");
  CHECK(found.remedy == "end 1; end 2; end 3; end 4; end 5");
}

TEST_CASE("support: a warning from 180 days before a version's last release on") {
  struct Case {
    const char* version;
    std::chrono::sys_days today;
    CheckLevel level;
    const char* says;
  };
  using namespace std::chrono;
  for (const Case& one : {
           Case{"18.4", 2026y / 11 / 29, CheckLevel::kOk, "supported until 2030-11-14"},
           Case{"17.10", 2026y / 11 / 29, CheckLevel::kOk, "supported until 2029-11-08"},
           Case{"16.14", 2028y / 5 / 12, CheckLevel::kOk, "supported until 2028-11-09"},
           Case{"16.14", 2028y / 5 / 13, CheckLevel::kWarn, "supported until 2028-11-09"},
           Case{"16.14", 2028y / 11 / 9, CheckLevel::kWarn, "supported until 2028-11-09"},
           Case{"16.14", 2028y / 11 / 10, CheckLevel::kWarn, "got its last release on 2028-11-09"},
           Case{"15.20", 2026y / 11 / 29, CheckLevel::kOk, "2027-11-11"},
           Case{"14.24", 2026y / 11 / 29, CheckLevel::kWarn, "got its last release on 2026-11-12"},
           Case{"13.23", 2026y / 11 / 29, CheckLevel::kWarn, "got its last release on 2025-11-13"},
           Case{"9.6.24", 2026y / 11 / 29, CheckLevel::kWarn, "PostgreSQL 9 is no longer supported"},
           Case{"18rc1", 2026y / 11 / 29, CheckLevel::kOk, "PostgreSQL 18"},
           Case{"19.0", 2026y / 11 / 29, CheckLevel::kSkipped, "newer than this build"},
       }) {
    CAPTURE(one.version);
    auto with = session();
    with.asked_at = one.today.time_since_epoch() + 23h;
    auto values = healthy();
    values["version"] = one.version;
    const auto found = row(values, "support", with);
    CHECK(found.level == one.level);
    CHECK(found.observed.find(one.says) != std::string::npos);
    CHECK(found.remedy.empty() == (one.level != CheckLevel::kWarn));
  }
}

TEST_CASE("archiving: information where it is off, else judged") {
  CHECK(row(healthy(), "archiving").level == CheckLevel::kInfo);
  auto values = healthy();
  values["archive_mode"] = "on";
  values["archiving"] = "t";
  CHECK(row(values, "archiving").level == CheckLevel::kOk);
  const auto found = row(values, "archiving", session(),
                         {{"archiving", "one failed", "look"}, {"archiving", "not archived", "set it"}});
  CHECK(found.level == CheckLevel::kWarn);
  CHECK(found.observed == "one failed, not archived");
  CHECK(found.remedy == "look; set it");
}

}  // namespace check_judge_test
