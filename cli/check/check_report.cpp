// A check's report for people.
#include "cli/check/check_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"

namespace bigocean::cli {
namespace {

using base::Check;
using base::CheckLevel;
using base::CheckReport;

struct LevelLook {
  std::string_view mark;
  std::string_view colour;  ///< SGR code
};

LevelLook look_of(CheckLevel level) {
  switch (level) {
    case CheckLevel::kOk:
      return {"✓", "32"};
    case CheckLevel::kInfo:
      return {"·", "36"};
    case CheckLevel::kWarn:
      return {"!", "33"};
    case CheckLevel::kFail:
      return {"✗", "31"};
    case CheckLevel::kSkipped:
      break;
  }
  return {"-", "2"};
}

}  // namespace

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char byte) { return byte < ' ' || byte == 0x7f; }, ' ');
  return text;
}

std::string render_report(const CheckReport& report, bool terminal) {
  std::size_t width = 0;
  for (const Check& check : report.checks) width = std::max(width, check.id.size());
  const auto paint = [&](std::string_view colour, const std::string& text) {
    return terminal ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
  };
  std::string out = report.target + "\n";
  for (const Check& check : report.checks) {
    const LevelLook look = look_of(check.level);
    std::string head = fmt::format("{:<7}", base::check_level_name(check.level));
    if (terminal) head = fmt::format("{} {}", look.mark, head);
    std::string line =
        fmt::format("  {}  {:<{}}  {}", paint(look.colour, head), check.id, width, one_line(check.observed));
    const bool bad = check.level == CheckLevel::kFail || check.level == CheckLevel::kWarn;
    if (bad && !check.expected.empty()) line += fmt::format(" (expected {})", check.expected);
    if (!check.waiver.empty()) line += fmt::format("  waived: {}", one_line(check.waiver));
    if (check.elapsed) line += fmt::format("  [{}]", base::format_elapsed(*check.elapsed));
    out += line + "\n";
    const std::string indent(width + (terminal ? 15 : 13), ' ');
    if (check.measure && check.level != CheckLevel::kSkipped) {
      const auto& measure = *check.measure;
      const std::string limit = bad ? "" : fmt::format("limit: {}; ", measure.threshold);
      out += indent + paint("2", limit + "source: " + measure.source) + "\n";
    }
    if (!check.remedy.empty()) out += indent + "-> " + one_line(check.remedy) + "\n";
  }
  const bool failed = report.exit_code() != base::ExitCode::kDone;
  out += paint(failed ? "1;31" : "1;32", failed ? "not ready" : "ready") + ": " + one_line(report.reason()) +
         "\n";
  return out;
}

bool colour_wanted() { return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace bigocean::cli
