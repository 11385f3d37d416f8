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
  return static_cast<std::size_t>(std::ranges::count(checks, level, &Check::level));
}

bool CheckReport::can_heal() const {
  return count(CheckLevel::kFail) > 0 && std::ranges::all_of(checks, [](const Check& check) {
           return check.level != CheckLevel::kFail || check.can_heal;
         });
}

ExitCode CheckReport::exit_code() const {
  if (!connected) return ExitCode::kUnreachable;
  return count(CheckLevel::kFail) > 0 ? ExitCode::kCheckFailed : ExitCode::kDone;
}

std::string CheckReport::reason() const {
  const auto failed = std::ranges::find(checks, CheckLevel::kFail, &Check::level);
  if (failed != checks.end()) {
    std::string text = fmt::format("{}: {}", failed->id, failed->observed);
    if (!failed->expected.empty()) text += fmt::format(", expected {}", failed->expected);
    if (count(CheckLevel::kFail) > 1) text += fmt::format(" (and {} more)", count(CheckLevel::kFail) - 1);
    return text;
  }
  std::string text = fmt::format("{} checks ok", count(CheckLevel::kOk));
  const auto list = [&](CheckLevel level, std::string_view word) {
    if (count(level) == 0) return;
    text += fmt::format(", {} {}:", count(level), word);
    for (const Check& check : checks) {
      if (check.level == level) text += " " + check.id;
    }
  };
  list(CheckLevel::kWarn, count(CheckLevel::kWarn) == 1 ? "warning" : "warnings");
  list(CheckLevel::kSkipped, "skipped");
  return text;
}

bool is_private_host(std::string_view host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return true;  // unix socket
  if (host.find(':') != std::string_view::npos) return host == "::1";
  if (host.starts_with("127.") || host.find('.') == std::string_view::npos) return true;
  return host.ends_with(".internal") || host.ends_with(".local") || host.ends_with(".localhost");
}

}  // namespace bigocean::base
