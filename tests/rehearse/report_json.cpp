// The report of a rehearsal as JSON.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/rehearse/report.hpp"

namespace bigocean::rehearse {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) { return std::round(value * 1000) / 1000; }

Json faults_of(const std::vector<Fault>& faults) {
  Json list = Json::array();
  for (const auto& fault : faults) {
    list.push_back({{"at", rounded(fault.at)}, {"text", fault.text}, {"times", fault.times}});
  }
  return list;
}

Json document_of(const DeploymentRecord& one) {
  Json spans = Json::array();
  for (const auto& span : one.spans) {
    spans.push_back({{"phase", name_of(span.phase)}, {"from", rounded(span.from)}, {"to", rounded(span.to)}});
  }
  double statement_ms_max = 0;
  for (const auto& sample : one.statements.samples) {
    statement_ms_max = std::max(statement_ms_max, sample.milliseconds);
  }
  Json document = {{"number", one.number},
                   {"title", one.title},
                   {"expected", name_of(one.expected)},
                   {"outcome", name_of(one.outcome)},
                   {"phases", std::move(spans)},
                   {"migrations_applied", one.migrations},
                   {"lock_retries", one.lock_retries},
                   {"database_ahead", one.ahead},
                   {"requests", one.answered},
                   {"statements", one.statements.samples.size()},
                   {"statement_ms_max", rounded(statement_ms_max)}};
  if (!one.reason.empty()) document["reason"] = one.reason;
  if (!one.overlap_traffic.empty()) document["overlap_traffic"] = one.overlap_traffic;
  return document;
}

}  // namespace

std::string report_json(const Rehearsal& rehearsal) {
  const auto summary = summary_of(rehearsal);
  const auto& load = rehearsal.load;
  Json document = {
      {"passed", rehearsal.faults.empty()},
      {"seconds", rounded(summary.seconds)},
      {"deploys", {{"total", summary.deploys}, {"live", summary.live}, {"refused", summary.refused}}},
      {"requests",
       {{"total", summary.requests},
        {"failed", summary.failed},
        {"retried_by_edge", summary.retried},
        {"route", rehearsal.route},
        {"ms_p50", load.milliseconds_p50},
        {"ms_p99", load.milliseconds_p99},
        {"ms_max", rounded(summary.request_ms_max)}}},
      {"statements",
       {{"total", summary.statements},
        {"failed", summary.statements_failed},
        {"ms_max", rounded(summary.statement_ms_max)}}},
      {"edge", rehearsal.edge},
      {"servers", rehearsal.servers},
      {"replicas", rehearsal.replicas}};
  if (rehearsal.statement_wait_ms) {
    document["held_table"] = {{"statement_ms_max", rounded(*rehearsal.statement_wait_ms)},
                              {"statement_ms_otherwise", rounded(rehearsal.statement_ms_otherwise)},
                              {"lock_timeout_ms", rehearsal.lock_timeout_ms.value_or(0)}};
  }
  document["shortened"] = Json::array();
  for (const auto& one : rehearsal.shortened) {
    document["shortened"].push_back({{"setting", one.name}, {"real", one.real}, {"played", one.played}});
  }
  document["deployments"] = Json::array();
  for (const auto& one : rehearsal.deployments) document["deployments"].push_back(document_of(one));
  document["traffic"] = Json::array();
  for (const auto& tick : rehearsal.ticks) {
    Json answered = Json::object();
    for (const auto& [number, count] : tick.answered) answered[std::to_string(number)] = count;
    document["traffic"].push_back({{"from", rounded(tick.from)},
                                   {"to", rounded(tick.to)},
                                   {"answered_by_deployment", std::move(answered)},
                                   {"failed", tick.failed},
                                   {"retried", tick.retried}});
  }
  document["faults"] = faults_of(rehearsal.faults);
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bigocean::rehearse
