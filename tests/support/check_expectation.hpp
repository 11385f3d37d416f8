// The expectation of a check test: one row of the report by id, its level, and the exit code.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "config/settings.hpp"

namespace bigocean::test {

using base::CheckLevel;
using base::ExitCode;

/// The built-in defaults, whatever the machine's environment says; but tables that a test makes are not taken
/// for another folder's.
inline config::Settings default_settings() {
  config::Sources sources;
  sources.environment = [](const std::string&) { return std::optional<std::string>(); };
  sources.working_directory = "/nonexistent";
  auto settings = config::load_settings(sources).settings;
  settings.migrate.new_history = true;
  return settings;
}

struct Expected {
  std::string_view id;
  CheckLevel level;
  ExitCode exit_code;
  std::string_view says{};  ///< stands in what was observed or in the remedy
  bool transient = false;
};

inline Expected unreachable(std::string_view stage, std::string_view says, bool transient) {
  return {stage, CheckLevel::kFail, ExitCode::kUnreachable, says, transient};
}
inline Expected fails(std::string_view id, std::string_view says, bool transient = false) {
  return {id, CheckLevel::kFail, ExitCode::kCheckFailed, says, transient};
}
inline Expected warns(std::string_view id, std::string_view says) {
  return {id, CheckLevel::kWarn, ExitCode::kDone, says};
}

/// Of a failed connection it checks, too, that every stage before the failed one is ok and every later one
/// was not reached.
inline void expect(const base::CheckReport& report, const Expected& expected) {
  CAPTURE(report.reason());
  CHECK(report.exit_code() == expected.exit_code);
  const auto* row = report.find(expected.id);
  REQUIRE(row != nullptr);
  CAPTURE(row->observed);
  CAPTURE(row->remedy);
  CHECK(base::check_level_name(row->level) == base::check_level_name(expected.level));
  CHECK((row->observed + " " + row->remedy).find(expected.says) != std::string::npos);
  CHECK(row->transient == expected.transient);
  const bool good = row->level == CheckLevel::kOk || row->level == CheckLevel::kInfo;
  if (!good && row->level != CheckLevel::kSkipped) CHECK_FALSE(row->remedy.empty());
  if (report.connected || !base::is_connection_stage(expected.id)) return;
  bool reached = true;
  for (const auto& one : report.checks) {
    CAPTURE(one.id);
    if (one.id == expected.id) {
      reached = false;
    } else {
      CHECK(one.level == (reached ? CheckLevel::kOk : CheckLevel::kSkipped));
    }
    CHECK((one.level == CheckLevel::kSkipped || one.elapsed.has_value()));
  }
}

/// `secret` stands nowhere in the report.
inline void expect_hidden(const base::CheckReport& report, std::string_view secret) {
  std::string all = report.target + report.reason();
  for (const auto& one : report.checks) all += one.observed + one.expected + one.remedy;
  CHECK(all.find(secret) == std::string::npos);
}

/// Every id of `ids`, once and in order.
template <class Ids>
void expect_ids(const base::CheckReport& report, const Ids& ids) {
  std::string expected, seen;
  for (const auto& id : ids) expected += std::string(id) + " ";
  for (const auto& one : report.checks) seen += one.id + " ";
  CHECK(seen == expected);
}

}  // namespace bigocean::test
