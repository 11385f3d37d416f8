// Running a check once, or again and again until it is good.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/retry.hpp"
#include "base/text.hpp"
#include "cli/check_report.hpp"

namespace bigocean::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kPauseMin{100};
constexpr milliseconds kPauseMax{2000};
constexpr milliseconds kProgressPeriod{5000};  ///< an unchanged reason is repeated no more often

bool colour_wanted() { return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

/// Says on standard error what is waited for: when it changes, and from time to time.
class Progress {
 public:
  void show(const std::string& reason, milliseconds left) {
    const auto now = Clock::now();
    if (reason == last_ && now - shown_ < kProgressPeriod) return;
    fmt::print(stderr, "waiting, {} left: {}\n",
               base::format_duration(std::chrono::ceil<std::chrono::seconds>(left)), reason);
    last_ = reason;
    shown_ = now;
  }

 private:
  std::string last_;
  Clock::time_point shown_;
};

}  // namespace

void add_check_flags(CLI::App& app, CheckFlags& flags) {
  app.add_flag("--json", flags.json, "Print one JSON document instead of rows");
  app.add_option(
         "--wait", flags.wait,
         "Try again for this long while time may mend what fails (starting up, refused, not resolvable); "
         "a wrong password or a missing database ends it at once")
      ->type_name("DURATION")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return base::parse_duration(text)
                   ? std::string()
                   : fmt::format("`{}` is not a duration; write it like 30s or 2m", text);
      });
}

int run_check(const CheckFlags& flags,
              const std::function<base::CheckReport(const base::Interrupt&)>& check) {
  const base::Interrupt interrupt;
  const auto end = Clock::now() + base::parse_duration(flags.wait).value_or(milliseconds{0});
  base::Backoff backoff(kPauseMin, kPauseMax);
  Progress progress;
  base::CheckReport report = check(interrupt);
  while (report.can_heal() && Clock::now() < end) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    progress.show(report.reason(), left);
    interrupt.sleep(std::min(backoff.next(), left));
    base::throw_if_interrupted(&interrupt);
    report = check(interrupt);
  }
  fmt::print("{}", flags.json ? report_json(report) : render_report(report, colour_wanted()));
  std::fflush(stdout);
  return static_cast<int>(report.exit_code());
}

}  // namespace bigocean::cli
