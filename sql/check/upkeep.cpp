// Is this PostgreSQL kept up: its version supported, its WAL archived, ready for the replication that is
// expected?
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check_rows.hpp"
#include "sql/check/check.hpp"

namespace bigocean::sql {
namespace {

using base::Check;
using base::CheckLevel;
using namespace std::chrono_literals;
using Day = std::chrono::sys_days;

struct Support {
  std::int64_t major;
  std::chrono::year_month_day last_release;
};

/// The last release of each major version: https://www.postgresql.org/support/versioning/, as of November
/// 2026.
constexpr Support kSupport[] = {{13, 2025y / 11 / 13}, {14, 2026y / 11 / 12}, {15, 2027y / 11 / 11},
                                {16, 2028y / 11 / 9},  {17, 2029y / 11 / 8},  {18, 2030y / 11 / 14}};
/// From when on the end is near enough to plan for.
constexpr std::chrono::days kNotice{180};

std::string text_of(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Check support_row(std::int64_t major, Day today) {
  const auto found = std::ranges::find(kSupport, major, &Support::major);
  if (found == std::end(kSupport)) {
    if (major < std::begin(kSupport)->major) {
      return base::make_row("support", false, CheckLevel::kWarn,
                            fmt::format("PostgreSQL {} is no longer supported", major), "a supported version",
                            "upgrade the server to a newer major version");
    }
    return {
        "support", CheckLevel::kSkipped, fmt::format("PostgreSQL {} is newer than this build", major), {}, {},
        {}};
  }
  const Day end(found->last_release);
  const bool ended = end < today;
  return base::make_row(
      "support", end - today > kNotice, CheckLevel::kWarn,
      fmt::format("PostgreSQL {} {} {}", major, ended ? "got its last release on" : "is supported until",
                  text_of(end)),
      fmt::format("for {} days or longer", kNotice.count()),
      ended ? "it gets no more bug and security fixes: upgrade the server to a newer major version"
            : "plan the upgrade of the server to a newer major version");
}

Check archiving_row(const Facts& facts) {
  const std::string mode(facts.text("archive_mode"));
  if (!facts.yes("archiving")) return {"archiving", CheckLevel::kInfo, "archive_mode is " + mode, {}, {}, {}};
  std::string seen, remedy;
  for (const Finding& finding : facts.findings("archiving")) {
    seen += (seen.empty() ? "" : ", ") + finding.object;
    remedy += (remedy.empty() ? "" : "; ") + finding.remedy;
  }
  return base::make_row("archiving", seen.empty(), CheckLevel::kWarn,
                        seen.empty() ? "archive_mode is " + mode + ", the last attempt did not fail" : seen,
                        "WAL is archived", remedy);
}

Check synchronous_standby_row(const Facts& facts) {
  constexpr std::string_view kId = "synchronous_standby";
  const std::string names(facts.text("standby_names"));
  if (names.empty()) return {std::string(kId), CheckLevel::kInfo, "none is configured", {}, {}, {}};
  const auto found = facts.findings(kId);
  if (!facts.yes("sees_sessions") && !found.empty()) {
    return {std::string(kId),
            CheckLevel::kSkipped,
            "this role may not see whether a standby is connected",
            {},
            "GRANT pg_monitor TO this role",
            {}};
  }
  return base::make_row(std::string(kId), found.empty(), CheckLevel::kWarn,
                        found.empty() ? "connected: " + names : found.front().object,
                        "a standby that confirms commits",
                        found.empty() ? std::string() : found.front().remedy);
}

Check logical_replication_row(const Facts& facts, bool expected) {
  if (!expected) return {"logical_replication", CheckLevel::kInfo, "not expected", {}, {}, {}};
  std::string seen = fmt::format("wal_level is {}", facts.text("wal_level"));
  std::string remedy;
  const auto must = [&](bool fine, std::string fix) {
    if (!fine) remedy += (remedy.empty() ? "" : "; ") + std::move(fix);
  };
  must(facts.text("wal_level") == "logical",
       "ALTER SYSTEM SET wal_level = 'logical', then restart the server");
  for (const auto& [what, setting] : {std::pair{"replication_slots", "max_replication_slots"},
                                      std::pair{"wal_senders", "max_wal_senders"}}) {
    const auto used = facts.number(what + std::string("_used")), limit = facts.number(setting);
    seen += fmt::format(", {} of {} {} in use", used, limit, what);
    must(used < limit, fmt::format("ALTER SYSTEM SET {} = {}, then restart the server", setting, limit + 10));
  }
  return base::make_row("logical_replication", remedy.empty(), CheckLevel::kFail, seen,
                        "wal_level = logical, a free replication slot and a free WAL sender", remedy);
}

}  // namespace

std::vector<Check> judge_upkeep(const Facts& facts, const SessionFacts& session,
                                const config::Settings& settings) {
  const auto now = std::chrono::system_clock::time_point(session.asked_at);
  return {support_row(facts.number("version"), std::chrono::floor<std::chrono::days>(now)),
          archiving_row(facts), synchronous_standby_row(facts),
          logical_replication_row(facts, settings.check.logical_replication)};
}

}  // namespace bigocean::sql
