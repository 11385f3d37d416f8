// A check's report for people and for machines, and the waiting for a good one.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/check.hpp"
#include "base/interrupt.hpp"

namespace CLI {
class App;
}

namespace bigocean::cli {

/// Aligned rows, remedies below what needs them, and the verdict with its reason in the last line.
/// `terminal`: marks and colour.
std::string render_report(const base::CheckReport& report, bool terminal);

/// One JSON document: target, verdict ("ok", "warn", "fail"), reason, exit_code, and the checks with id,
/// level, observed, expected, remedy (null where there is none) and elapsed_ms.
std::string report_json(const base::CheckReport& report);

/// What both check commands offer beside the settings.
struct CheckFlags {
  bool json = false;
  std::string wait = "0";
};

/// Adds --json and --wait.
void add_check_flags(CLI::App& app, CheckFlags& flags);

/// Runs `check` until it is good, until time cannot mend what failed, or until --wait is over; prints the
/// last report and returns its exit code. While waiting, standard error says what for. A signal ends it
/// (130/143).
int run_check(const CheckFlags& flags, const std::function<base::CheckReport(const base::Interrupt&)>& check);

}  // namespace bigocean::cli
