// Writes findings as a health document.
#include "server/readiness/readiness.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/version.hpp"

namespace bigocean::server {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string_view probe_status_name(ProbeStatus status) {
  switch (status) {
    case ProbeStatus::kPass:
      return "pass";
    case ProbeStatus::kWarn:
      return "warn";
    case ProbeStatus::kFail:
      return "fail";
  }
  return "fail";
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(Readiness::Clock::to_time_t(time)));
}

Readiness::Readiness(const std::vector<std::string>& names, std::chrono::milliseconds stale_after,
                     std::set<std::string> spared)
    : stale_after_(stale_after), spared_(std::move(spared)) {
  for (const auto& name : names) {
    seen_.emplace(name,
                  Seen{{name, ProbeStatus::kFail, "starting", std::nullopt}, Clock::time_point{}, false});
  }
}

ProbeStatus Readiness::record(const Finding& finding, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  written_.reset();
  Seen& seen = seen_[finding.name];
  const auto before = seen.finding.status;
  const bool is_first = seen.at == Clock::time_point{};
  seen = {finding, now, seen.was_up || finding.status != ProbeStatus::kFail};
  was_ready_ =
      was_ready_ || std::all_of(seen_.begin(), seen_.end(), [&](const auto& one) {
        return one.second.finding.status != ProbeStatus::kFail && !one.second.is_stale(now, stale_after_);
      });
  if (is_first || before != finding.status)
    note({now, finding.name, effective(finding.name, seen, now), finding.output, is_ready(now)});
  return before;
}

void Readiness::note(ReadinessChange change) {
  if (history_.size() == kHistoryMax) history_.pop_front();
  history_.push_back(std::move(change));
}

std::vector<ReadinessChange> Readiness::history() const {
  const std::lock_guard lock(mutex_);
  return {history_.begin(), history_.end()};
}

ProbeStatus Readiness::effective(const std::string& name, const Seen& seen, Clock::time_point now) const {
  const auto status = seen.is_stale(now, stale_after_) ? ProbeStatus::kFail : seen.finding.status;
  return status == ProbeStatus::kFail && was_ready_ && spared_.contains(name) ? ProbeStatus::kWarn : status;
}

bool Readiness::is_ready(Clock::time_point now) const {
  return !draining_ && std::all_of(seen_.begin(), seen_.end(), [&](const auto& one) {
    return effective(one.first, one.second, now) != ProbeStatus::kFail;
  });
}

bool Readiness::is_spared(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return was_ready_ && spared_.contains(name);
}

void Readiness::start_draining() {
  const std::lock_guard lock(mutex_);
  written_.reset();
  if (!std::exchange(draining_, true))
    note({Clock::now(), "draining", ProbeStatus::kFail, "this process is about to end", false});
}

bool Readiness::has_started() const {
  const std::lock_guard lock(mutex_);
  return std::all_of(seen_.begin(), seen_.end(), [](const auto& one) { return one.second.was_up; });
}

std::map<std::string, bool> Readiness::dependencies_up(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, bool> up;
  for (const auto& [name, seen] : seen_) {
    up[name] = seen.finding.status != ProbeStatus::kFail && !seen.is_stale(now, stale_after_);
  }
  return up;
}

http::Reply Readiness::reply(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  if (!written_ || now > written_until_) {
    written_ = compose(now);
    written_until_ = next_stale(now);
  }
  return *written_;
}

Readiness::Clock::time_point Readiness::next_stale(Clock::time_point now) const {
  auto next = Clock::time_point::max();
  for (const auto& [name, seen] : seen_) {
    if (seen.at + stale_after_ >= now) next = std::min(next, seen.at + stale_after_);
  }
  return next;
}

http::Reply Readiness::compose(Clock::time_point now) const {
  auto worst = ProbeStatus::kPass;
  Json checks = Json::object();
  for (const auto& [name, seen] : seen_) {
    const auto status = effective(name, seen, now);
    const bool is_stale = seen.is_stale(now, stale_after_);
    auto output = is_stale ? "the last finding is too old: its probe has not returned" : seen.finding.output;
    const bool was_seen = seen.at != Clock::time_point{};
    if (status == ProbeStatus::kWarn && (is_stale || seen.finding.status == ProbeStatus::kFail))
      output = "works without it: " + output;
    worst = std::max(worst, status);
    Json check;
    check["status"] = probe_status_name(status);
    if (was_seen) check["time"] = rfc3339(seen.at);
    if (seen.finding.elapsed) {
      check["observedValue"] = static_cast<double>(seen.finding.elapsed->count()) / 1000.0;
      check["observedUnit"] = "ms";
    }
    if (!output.empty()) check["output"] = output;
    checks[name] = Json::array({std::move(check)});
  }
  Json document;
  document["status"] = probe_status_name(draining_ ? ProbeStatus::kFail : worst);
  if (draining_) document["output"] = "draining: this process is about to end";
  document["version"] = base::version();
  document["commit"] = base::git_commit();
  document["checks"] = std::move(checks);
  const bool ready = !draining_ && worst != ProbeStatus::kFail;
  return {ready ? 200 : 503,
          "application/health+json",
          document.dump(-1, ' ', false, Json::error_handler_t::replace),
          {{"Cache-Control", "no-store"}}};
}

}  // namespace bigocean::server
