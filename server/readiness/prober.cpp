// Threads that run a probe, record its findings and wait.
#include "server/readiness/prober.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/signal_stack.hpp"
#include "config/secret.hpp"

namespace bigocean::server {

Prober::Prober(std::vector<Probe> probes, std::chrono::milliseconds period, Readiness& readiness,
               base::Logger& log, FailureHook on_failure)
    : probes_(std::move(probes)),
      period_(period),
      readiness_(readiness),
      log_(log),
      on_failure_(std::move(on_failure)) {
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
  const base::SignalStack stack;
  bool first = true;
  while (true) {
    std::optional<Failure> broken;
    const auto findings = look(probe, broken);
    std::unique_lock lock(mutex_);
    // What a probe finds while the process ends says nothing about the server.
    if (stopping_) return;
    bool is_news = false;
    for (const Finding& finding : findings) is_news |= report(finding, first);
    if (broken && is_news && on_failure_) on_failure_(std::move(*broken));
    first = false;
    if (wake_.wait_for(lock, period_, [this] { return stopping_; })) return;
  }
}

std::vector<Finding> Prober::look(const Probe& probe, std::optional<Failure>& broken) const {
  std::string fault;
  try {
    auto findings = probe.run();
    for (Finding& finding : findings) finding.output = config::redact_urls(finding.output);
    return findings;
  } catch (const base::Error& error) {
    fault = error.hint.empty() ? error.message : error.message + "; " + error.hint;
  } catch (const std::exception& error) {
    fault = error.what();
    broken = failure_of(error);
    broken->place = "probe of " + probe.names.front();
  }
  std::vector<Finding> findings;
  for (const auto& name : probe.names) {
    findings.push_back({name, ProbeStatus::kFail, config::redact_urls(fault), std::nullopt});
  }
  return findings;
}

/// Whether a change was logged.
bool Prober::report(const Finding& finding, bool first) {
  const auto before = readiness_.record(finding);
  const bool fails = finding.status == ProbeStatus::kFail;
  if (!first && fails == (before == ProbeStatus::kFail)) return false;
  if (fails) {
    log_.warn(readiness_.is_spared(finding.name) ? "works without a dependency" : "not ready",
              {{"check", finding.name}, {"reason", finding.output}});
  } else {
    log_.info("ready", {{"check", finding.name}});
  }
  return true;
}

}  // namespace bigocean::server
