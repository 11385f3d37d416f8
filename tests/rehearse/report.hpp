// The report of a rehearsal: text, JSON, and an SVG timeline.
#pragma once

#include <string>

#include "tests/rehearse/record.hpp"

namespace bigocean::rehearse {

/// What all three say.
struct Summary {
  int deploys = 0;  ///< under load
  int live = 0, refused = 0;
  std::uint64_t requests = 0;  ///< of wrk and of the steady request
  std::uint64_t failed = 0;
  std::uint64_t retried = 0;
  std::uint64_t statements = 0, statements_failed = 0;
  double request_ms_max = 0;
  double statement_ms_max = 0;
  double seconds = 0;  ///< of load
};
Summary summary_of(const Rehearsal& rehearsal);

/// "healthcheckTimeout 20 s (really 120 s)"; empty when nothing was shortened.
std::string shortened_text(const Rehearsal& rehearsal);

/// "12,345"
std::string grouped(std::uint64_t number);
/// "1 fault", "2 faults"
std::string counted(std::size_t number, const std::string& what);
/// "8.23 s: the edge: 3 failed (2 times)"
std::string text_of(const Fault& fault);
/// Nothing when it never was in that phase.
std::optional<double> seconds_in(const DeploymentRecord& deployment, Phase phase);

std::string report_text(const Rehearsal& rehearsal);
std::string report_json(const Rehearsal& rehearsal);
std::string report_svg(const Rehearsal& rehearsal);

}  // namespace bigocean::rehearse
