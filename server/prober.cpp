// Threads that look, record and wait.
#include "server/prober.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "config/secret.hpp"

namespace bigocean::server {

Prober::Prober(std::vector<Probe> probes, std::chrono::milliseconds period, Readiness& readiness,
               base::Logger& log)
    : probes_(std::move(probes)), period_(period), readiness_(readiness), log_(log) {
  for (const Probe& probe : probes_) threads_.emplace_back([this, &probe] { work(probe); });
}

Prober::~Prober() {
  stop();
  for (auto& thread : threads_) thread.join();
}

void Prober::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void Prober::work(const Probe& probe) {
  bool first = true;
  while (true) {
    const auto findings = look(probe);
    std::unique_lock lock(mutex_);
    // What a look finds while the process ends says nothing about the server it looked at.
    if (stopping_) return;
    for (const Finding& finding : findings) report(finding, first);
    first = false;
    if (wake_.wait_for(lock, period_, [this] { return stopping_; })) return;
  }
}

std::vector<Finding> Prober::look(const Probe& probe) const {
  std::string fault;
  try {
    auto findings = probe.run();
    for (Finding& finding : findings) finding.output = config::redact_urls(finding.output);
    return findings;
  } catch (const base::Error& error) {
    fault = error.hint.empty() ? error.message : error.message + "; " + error.hint;
  } catch (const std::exception& error) {
    fault = error.what();
  }
  std::vector<Finding> findings;
  for (const auto& name : probe.names) {
    findings.push_back({name, ProbeStatus::kFail, config::redact_urls(fault), std::nullopt});
  }
  return findings;
}

void Prober::report(const Finding& finding, bool first) {
  const auto before = readiness_.record(finding);
  const bool fails = finding.status == ProbeStatus::kFail;
  if (!first && fails == (before == ProbeStatus::kFail)) return;
  if (fails) {
    log_.warn("not ready", {{"check", finding.name}, {"reason", finding.output}});
  } else {
    log_.info("ready", {{"check", finding.name}});
  }
}

}  // namespace bigocean::server
