// The report of a rehearsal as text.
#include <fmt/format.h>

#include "tests/rehearse/report.hpp"

namespace bigocean::rehearse {
namespace {

std::string seconds_text(const std::optional<double>& seconds) {
  return seconds ? fmt::format("{:.1f} s", *seconds) : "";
}

std::string table(const Rehearsal& rehearsal) {
  std::string text =
      fmt::format("{:>3}  {:<24} {:>10} {:>10} {:>9} {:>7} {:>7} {:>10}  {}\n", "", "deploy", "pre-deploy",
                  "starting", "overlap", "traffic", "drained", "requests", "outcome");
  for (const auto& one : rehearsal.deployments) {
    std::string outcome(name_of(one.outcome));
    if (one.migrations > 0) outcome += fmt::format(", {} applied", one.migrations);
    if (one.lock_retries > 0) outcome += fmt::format(" after {} tries", one.lock_retries + 1);
    if (one.ahead) outcome += ", the database is ahead";
    text += fmt::format("{:>3}  {:<24} {:>10} {:>10} {:>9} {:>7} {:>7} {:>10}  {}\n", one.number, one.title,
                        seconds_text(seconds_in(one, Phase::kPreDeploy)),
                        seconds_text(seconds_in(one, Phase::kStarting)),
                        seconds_text(seconds_in(one, Phase::kOverlap)), one.overlap_traffic,
                        seconds_text(seconds_in(one, Phase::kDraining)), grouped(one.answered), outcome);
    if (!one.reason.empty()) text += fmt::format("     {}\n", one.reason);
  }
  return text;
}

}  // namespace

std::string report_text(const Rehearsal& rehearsal) {
  const auto summary = summary_of(rehearsal);
  const auto& load = rehearsal.load;
  std::string text = table(rehearsal) + "\n";
  const auto line = [&](const char* name, const std::string& what) {
    text += fmt::format("{:<12} {}\n", name, what);
  };
  line("deploys", fmt::format("{} under load: {} went live, {} did not", summary.deploys, summary.live,
                              summary.refused));
  line("requests",
       fmt::format("{} in {:.0f} s to {}, {} failed, {} retried by the edge", grouped(summary.requests),
                   summary.seconds, rehearsal.route, summary.failed, summary.retried));
  line("latency", fmt::format("p50 {:.1f} ms, p99 {:.1f} ms, worst {:.0f} ms", load.milliseconds_p50,
                              load.milliseconds_p99, summary.request_ms_max));
  line("statements",
       fmt::format("{} by the versions' own code, {} failed, worst {:.0f} ms", grouped(summary.statements),
                   summary.statements_failed, summary.statement_ms_max));
  if (rehearsal.statement_wait_ms) {
    line(
        "held table",
        fmt::format("a statement took {:.0f} ms at most, {:.0f} ms at other times; lock_timeout is {:.0f} ms",
                    *rehearsal.statement_wait_ms, rehearsal.statement_ms_otherwise,
                    rehearsal.lock_timeout_ms.value_or(0)));
    for (const auto& one : rehearsal.deployments) {
      if (one.milliseconds_after_release) {
        line("", fmt::format("the migration was through {:.0f} ms after the table was free",
                             *one.milliseconds_after_release));
      }
    }
  }
  line("played by", fmt::format("{}, {} replicas a deployment", rehearsal.edge, rehearsal.replicas));
  line("servers", rehearsal.servers);
  const auto shortened = shortened_text(rehearsal);
  line("settings",
       shortened.empty() ? "as railway.ts has them" : "as railway.ts has them, shortened: " + shortened);
  text += "\n";
  for (const auto& fault : rehearsal.faults) text += "fault at " + text_of(fault) + "\n";
  text += rehearsal.faults.empty() ? "no failed request; what had to go live did, and nothing else\n"
                                   : counted(rehearsal.faults.size(), "fault") + "\n";
  return text;
}

}  // namespace bigocean::rehearse
