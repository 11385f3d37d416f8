// What a pre-flight check found: rows with a level, and the verdict over all of them.
#include "base/check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bigocean::base {

std::string_view check_level_name(CheckLevel level) {
  switch (level) {
    case CheckLevel::kOk:
      return "ok";
    case CheckLevel::kInfo:
      return "info";
    case CheckLevel::kWarn:
      return "warn";
    case CheckLevel::kFail:
      return "fail";
    case CheckLevel::kSkipped:
      break;
  }
  return "skipped";
}

const Check* CheckReport::find(std::string_view id) const {
  const auto found = std::ranges::find(checks, id, &Check::id);
  return found == checks.end() ? nullptr : &*found;
}

std::size_t CheckReport::count(CheckLevel level) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      checks, [&](const Check& check) { return check.level == level && check.waiver.empty(); }));
}

bool CheckReport::counts(const Check& check) const {
  const bool bad = check.level == CheckLevel::kFail || (strict && check.level == CheckLevel::kWarn);
  return bad && check.waiver.empty();
}

bool CheckReport::is_transient() const {
  bool failed = false;
  for (const Check& check : checks) {
    if (!counts(check)) continue;
    if (!check.transient) return false;
    failed = true;
  }
  return failed;
}

ExitCode CheckReport::exit_code() const {
  if (!connected) return ExitCode::kUnreachable;
  const bool failed = std::ranges::any_of(checks, [&](const Check& check) { return counts(check); });
  return failed ? ExitCode::kCheckFailed : ExitCode::kDone;
}

std::string CheckReport::reason() const {
  const auto where = [&](const auto& belongs) {
    std::vector<const Check*> found;
    for (const Check& check : checks) {
      if (belongs(check)) found.push_back(&check);
    }
    return found;
  };
  std::string text;
  const auto list = [&](std::string_view word, const std::vector<const Check*>& found) {
    if (!found.empty()) text += fmt::format(", {} {}:", found.size(), word);
    for (const Check* check : found) text += " " + check->id;
  };
  const auto open = [&](CheckLevel level) {
    return where([level](const Check& check) { return check.level == level && check.waiver.empty(); });
  };
  if (const auto failed = where([&](const Check& check) { return counts(check); }); !failed.empty()) {
    text = fmt::format("{}: {}", failed[0]->id, failed[0]->observed);
    if (!failed[0]->expected.empty()) text += fmt::format(", expected {}", failed[0]->expected);
    if (failed.size() > 1) text += fmt::format(" (and {} more)", failed.size() - 1);
  } else {
    const auto ok = count(CheckLevel::kOk);
    text = fmt::format("{} check{} ok", ok, ok == 1 ? "" : "s");
    list(count(CheckLevel::kWarn) == 1 ? "warning" : "warnings", open(CheckLevel::kWarn));
  }
  if (connected) list("skipped", open(CheckLevel::kSkipped));
  list("waived", where([](const Check& check) { return !check.waiver.empty(); }));
  return text;
}

void CheckPolicy::apply(CheckReport& report) const {
  report.strict = strict;
  std::erase_if(report.checks, [&](const Check& check) {
    const bool explains = !report.connected && check.level == CheckLevel::kFail;
    return !only.empty() && !explains && std::ranges::find(only, check.id) == only.end();
  });
  for (Check& check : report.checks) {
    const auto found = waivers.find(check.id);
    const bool bad = check.level == CheckLevel::kFail || check.level == CheckLevel::kWarn;
    if (bad && found != waivers.end()) check.waiver = found->second;
  }
}

bool is_connection_stage(std::string_view id) {
  constexpr std::string_view kStages[] = {"resolve", "tcp", "tls", "authentication", "database", "ping"};
  return std::ranges::find(kStages, id) != std::end(kStages);
}

std::string railway_remedy(std::string_view variable, std::string_view service) {
  return fmt::format(
      "; on Railway: railway variable set '{0}=${{{{{1}.{0}}}}}' --service bigocean, and name {0} in "
      ".railway/railway.ts, or the next apply deletes it",
      variable, service);
}

bool is_private_host(std::string_view host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return true;  // unix socket
  if (host.find(':') != std::string_view::npos) return host == "::1";
  if (host.starts_with("127.") || host.find('.') == std::string_view::npos) return true;
  return host.ends_with(".internal") || host.ends_with(".local") || host.ends_with(".localhost");
}

}  // namespace bigocean::base
