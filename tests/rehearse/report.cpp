// The part that all forms of the report share: the summary and the texts.
#include "tests/rehearse/report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bigocean::rehearse {

Summary summary_of(const Rehearsal& rehearsal) {
  Summary summary;
  for (const auto& deployment : rehearsal.deployments) {
    const auto& statements = deployment.statements;
    summary.statements += statements.samples.size();
    summary.statements_failed += statements.faults.size();
    for (const auto& sample : statements.samples) {
      summary.statement_ms_max = std::max(summary.statement_ms_max, sample.milliseconds);
    }
    if (deployment.number == 0) continue;
    ++summary.deploys;
    (deployment.outcome == Outcome::kLive ? summary.live : summary.refused) += 1;
  }
  for (const auto& tick : rehearsal.ticks) summary.retried += tick.retried;
  const auto& load = rehearsal.load;
  const auto& prober = rehearsal.prober;
  summary.requests = load.requests + prober.samples.size() + prober.faults.size();
  summary.failed = load.bad_statuses + load.socket_errors + prober.faults.size();
  summary.request_ms_max = load.milliseconds_max;
  for (const auto& sample : prober.samples) {
    summary.request_ms_max = std::max(summary.request_ms_max, sample.milliseconds);
  }
  summary.seconds = rehearsal.load_to - rehearsal.load_from;
  return summary;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string counted(std::size_t number, const std::string& what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string text_of(const Fault& fault) {
  const auto times = fault.times == 1 ? "" : fmt::format(" ({} times)", fault.times);
  return fmt::format("{:.2f} s: {}{}", fault.at, fault.text, times);
}

std::optional<double> seconds_in(const DeploymentRecord& deployment, Phase phase) {
  std::optional<double> seconds;
  for (const auto& span : deployment.spans) {
    if (span.phase == phase) seconds = seconds.value_or(0) + span.to - span.from;
  }
  return seconds;
}

std::string shortened_text(const Rehearsal& rehearsal) {
  std::string text;
  for (const auto& one : rehearsal.shortened) {
    text += fmt::format("{}{} {} s (really {} s)", text.empty() ? "" : ", ", one.name, one.played, one.real);
  }
  return text;
}

}  // namespace bigocean::rehearse
