// A check's report as a file to look at.
#include "cli/check/check_html.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/html_report.hpp"

namespace bigocean::cli {
namespace {

using base::Check;
using base::CheckLevel;
using base::CheckReport;

Tone tone_of(const CheckReport& report, const Check& check) {
  if (report.counts(check)) return Tone::kBad;
  switch (check.level) {
    case CheckLevel::kOk:
      return Tone::kGood;
    case CheckLevel::kWarn:
    case CheckLevel::kFail:
      return Tone::kWarn;  // one that is waived, or only a warning
    case CheckLevel::kInfo:
    case CheckLevel::kSkipped:
      break;
  }
  return Tone::kPlain;
}

std::string row_of(const CheckReport& report, const Check& check, std::chrono::microseconds longest) {
  const auto tone = tone_of(report, check);
  std::string details = html_element("div", check.observed);
  if (!check.expected.empty()) details += html_element("div class=\"small\"", "expected: " + check.expected);
  if (!check.waiver.empty()) details += html_element("div class=\"small\"", "waived: " + check.waiver);
  details += html_element("pre", check.remedy);
  std::string time;
  if (check.elapsed) {
    const auto share = static_cast<double>(check.elapsed->count()) /
                       static_cast<double>(std::max<std::int64_t>(1, longest.count()));
    time = html_element("div class=\"small\"", base::format_elapsed(*check.elapsed)) + html_bar(tone, share);
  }
  return fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
                     html_chip(tone, base::check_level_name(check.level)), base::escape_html(check.id),
                     details, time);
}

}  // namespace

std::string report_html(const CheckReport& report) {
  std::chrono::microseconds longest{0};
  for (const auto& check : report.checks) longest = std::max(longest, check.elapsed.value_or(longest));
  std::string rows;
  // What has to be done comes first; the order is the report's otherwise.
  for (const bool urgent : {true, false}) {
    for (const auto& check : report.checks) {
      const auto tone = tone_of(report, check);
      const bool is_urgent = tone == Tone::kBad || tone == Tone::kWarn;
      if (is_urgent == urgent) rows += row_of(report, check, longest);
    }
  }
  const bool failed = report.exit_code() != base::ExitCode::kDone;
  const auto tone = failed ? Tone::kBad : report.count(CheckLevel::kWarn) > 0 ? Tone::kWarn : Tone::kGood;
  const auto body = fmt::format(
      "{}<div class=\"card\"><table><thead><tr><th scope=\"col\">Level</th><th scope=\"col\">Check</th>"
      "<th scope=\"col\">Observed</th><th "
      "scope=\"col\">Time</th></tr></thead>\n<tbody>{}</tbody></table></div>",
      html_element("p", report.reason()), rows);
  return html_report("Check", report.target, tone, failed ? "not ready" : "ready", body);
}

}  // namespace bigocean::cli
