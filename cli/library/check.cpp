// bigocean::check_postgresql() and check_redis(): the checks behind the public header.
#include "bigocean/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "cli/library/call.hpp"
#include "redis/check.hpp"
#include "sql/check/check.hpp"

namespace bigocean {
namespace {

CheckLevel level_of(base::CheckLevel level) {
  switch (level) {
    case base::CheckLevel::kOk:
      return CheckLevel::kOk;
    case base::CheckLevel::kInfo:
      return CheckLevel::kInfo;
    case base::CheckLevel::kWarn:
      return CheckLevel::kWarn;
    case base::CheckLevel::kFail:
      return CheckLevel::kFail;
    case base::CheckLevel::kSkipped:
      break;
  }
  return CheckLevel::kSkipped;
}

/// The settings that an option of the check stands for.
struct Keys {
  const char* url;
  const char* timeout;
  const char* deadline;
};

template <class Run>
CheckResult run_check(const CheckOptions& options, const Keys& keys, const Run& run) {
  CheckResult result;
  try {
    if (options.url.empty()) throw base::Error(base::ExitCode::kUsage, "CheckOptions::url is empty");
    std::vector<config::Override> given{{keys.url, options.url, "CheckOptions::url"}};
    const auto duration = [&](const char* key, const char* name,
                              std::optional<std::chrono::milliseconds> value) {
      if (value) given.push_back({key, fmt::format("{}ms", value->count()), name});
    };
    duration(keys.timeout, "CheckOptions::timeout", options.timeout);
    duration(keys.deadline, "CheckOptions::deadline", options.deadline);
    const auto settings = make_settings(std::move(given));
    const base::CheckReport report = run(settings, interrupt_of(options.stop));
    result.target = report.target;
    result.connected = report.connected;
    for (const auto& check : report.checks)
      result.checks.push_back(
          {check.id, level_of(check.level), check.observed, check.expected, check.remedy, check.transient});
  } catch (const std::exception&) {
    result.error = current_error();
  }
  return result;
}

}  // namespace

bool CheckResult::ok() const {
  const auto fails = [](const Check& check) { return check.level == CheckLevel::kFail; };
  return !error && connected && std::none_of(checks.begin(), checks.end(), fails);
}

CheckResult check_postgresql(const CheckOptions& options) {
  return run_check(options, {"database.url", "database.connect_timeout", "database.statement_timeout"},
                   [](const config::Settings& settings, const base::Interrupt* interrupt) {
                     return sql::check(settings, interrupt);
                   });
}

CheckResult check_redis(const CheckOptions& options) {
  return run_check(options, {"redis.url", "redis.connect_timeout", "redis.command_timeout"},
                   [](const config::Settings& settings, const base::Interrupt* interrupt) {
                     return redis::check(settings, interrupt);
                   });
}

}  // namespace bigocean
