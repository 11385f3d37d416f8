// What the checks have in common on the command line: their options, and running one until it is good.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/interrupt.hpp"

namespace CLI {
class App;
}

namespace bigocean::cli {

/// What every check offers beside the settings.
struct CheckFlags {
  bool json = false;
  std::string html;  ///< where the report to look at goes; empty: there is none
  std::string wait = "0";
  base::CheckPolicy policy;
};

/// Adds --json, --html, --wait, --only, --waive and --strict. An id that is not among `ids` is a usage error
/// that suggests the nearest one; `ids` must live as long as the program.
void add_check_flags(CLI::App& app, CheckFlags& flags, std::span<const std::string_view> ids);

/// What is wrong with an id; empty if it is among `ids`.
std::string id_fault(std::string_view id, std::span<const std::string_view> ids);

using RunCheck = std::function<base::CheckReport(const base::Interrupt&)>;

/// Runs `check` until it is good by the flags' policy, until a failure is not transient, or until --wait is
/// over; returns the last report. While waiting, standard error says what for. A signal ends it with
/// base::Error (130/143).
base::CheckReport run_until_good(const CheckFlags& flags, const RunCheck& check);

/// The same, printing the report as rows or as JSON; returns its exit code.
int run_check(const CheckFlags& flags, const RunCheck& check);

}  // namespace bigocean::cli
