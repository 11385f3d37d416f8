// Running a check once, or again and again until it is good.
#include "cli/check/check_run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/check_json.hpp"
#include "base/retry.hpp"
#include "base/standard_error.hpp"
#include "base/text.hpp"
#include "cli/check/check_html.hpp"
#include "cli/check/check_report.hpp"
#include "cli/output_file.hpp"

namespace bigocean::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kPauseMin{100};
constexpr milliseconds kPauseMax{2000};
constexpr milliseconds kProgressPeriod{5000};  ///< an unchanged reason is repeated no more often

/// Reports on standard error what is waited for: when it changes, and from time to time.
class Progress {
 public:
  void show(const std::string& reason, milliseconds left) {
    const auto now = Clock::now();
    if (reason == last_ && now - shown_ < kProgressPeriod) return;
    base::tell(fmt::format("waiting, {} left: {}\n",
                           base::format_duration(std::chrono::ceil<std::chrono::seconds>(left)), reason));
    last_ = reason;
    shown_ = now;
  }

 private:
  std::string last_;
  Clock::time_point shown_;
};

std::string waiver_fault(const std::string& text, std::span<const std::string_view> ids) {
  const auto colon = text.find(':');
  const std::string_view id = std::string_view(text).substr(0, colon);
  if (auto fault = id_fault(id, ids); !fault.empty()) return fault;
  if (base::is_connection_stage(id)) return fmt::format("nothing can be checked without `{}`", id);
  if (colon == text.npos || base::trim(text.substr(colon + 1)).empty()) {
    return fmt::format("give a reason: --waive '{}:REASON'", id);
  }
  return {};
}

}  // namespace

std::string id_fault(std::string_view id, std::span<const std::string_view> ids) {
  if (std::ranges::find(ids, id) != ids.end()) return {};
  return fmt::format("there is no check `{}`{}; there are {}", id, base::did_you_mean(id, ids),
                     fmt::join(ids, ", "));
}

void add_check_flags(CLI::App& app, CheckFlags& flags, std::span<const std::string_view> ids) {
  app.add_flag("--json", flags.json, "Print one JSON document instead of rows");
  app.add_option("--html", flags.html, "Also write the report as a page to look at")->type_name("FILE");
  app.add_option("--wait", flags.wait,
                 "Try again for this long while the failure may be temporary (starting up, refused, not "
                 "resolvable); a wrong password or a missing database ends the wait at once")
      ->type_name("DURATION")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return base::parse_duration(text)
                   ? std::string()
                   : fmt::format("`{}` is not a duration; write it like 30s or 2m", text);
      });
  app.add_option("--only", flags.policy.only, "Report only these checks, by id")
      ->type_name("ID,...")
      ->delimiter(',')
      ->check([ids](const std::string& id) { return id_fault(id, ids); });
  app.add_option_function<std::vector<std::string>>(
         "--waive",
         [&flags](const std::vector<std::string>& waivers) {
           for (const auto& text : waivers) {
             const auto colon = text.find(':');
             flags.policy.waivers[text.substr(0, colon)] = base::trim(text.substr(colon + 1));
           }
         },
         "Accept a check's warning or failure for a reason, which the report shows; may be given more than "
         "once")
      ->type_name("ID:REASON")
      ->expected(1)
      ->take_all()
      ->check([ids](const std::string& text) { return waiver_fault(text, ids); });
  app.add_flag("--strict", flags.policy.strict, "Treat warnings as failures");
}

base::CheckReport run_until_good(const CheckFlags& flags, const RunCheck& check) {
  const base::SignalInterrupt interrupt;
  const auto end = Clock::now() + base::parse_duration(flags.wait).value_or(milliseconds{0});
  base::Backoff backoff(kPauseMin, kPauseMax);
  Progress progress;
  for (;;) {
    base::CheckReport report = check(interrupt);
    flags.policy.apply(report);
    if (!report.is_transient() || Clock::now() >= end) return report;
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    progress.show(report.reason(), left);
    interrupt.sleep(std::min(backoff.next(), left));
    base::throw_if_interrupted(&interrupt);
  }
}

int run_check(const CheckFlags& flags, const RunCheck& check) {
  if (!flags.html.empty()) check_output_file(flags.html);
  const base::CheckReport report = run_until_good(flags, check);
  if (!flags.html.empty()) write_output_file(flags.html, report_html(report));
  const int code = static_cast<int>(report.exit_code());
  fmt::print("{}", flags.json ? base::report_json(report, code) : render_report(report, colour_wanted()));
  return code;
}

}  // namespace bigocean::cli
