// What `bigocean migrate down` and `redo` share: the question before data is lost, and the texts of a dry
// run.
#include "cli/migrate/revert.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/standard_error.hpp"
#include "base/text.hpp"

namespace bigocean::cli {
namespace {

bool confirm(bool yes, const std::string& question) {
  if (yes) return true;
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) return false;
  base::tell(question + ". Go on? [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return base::equals_ignoring_case(base::trim(answer), "y") ||
         base::equals_ignoring_case(base::trim(answer), "yes");
}

}  // namespace

sql::migrate::DownOptions revert_options(bool yes, bool dry_run) {
  sql::migrate::DownOptions options;
  options.confirm = [yes](const std::string& question) { return confirm(yes, question); };
  options.dry_run = dry_run;
  return options;
}

void show_reversals(const std::vector<sql::migrate::Reversal>& reversals, Call& call) {
  for (const auto& reversal : reversals) {
    call.output.say(reversal.has_down ? fmt::format("would take back {} ({} statement{})", reversal.name,
                                                    reversal.statements, reversal.statements == 1 ? "" : "s")
                                      : fmt::format("would forget {}", reversal.name));
    if (!reversal.question.empty()) call.output.say("  needs --yes: " + reversal.question);
  }
  call.document.reversals = reversals;
}

}  // namespace bigocean::cli
