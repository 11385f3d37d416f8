// A check's report as JSON.
#include "base/check_json.hpp"

#include <nlohmann/json.hpp>

namespace bigocean::base {
namespace {

std::string verdict(const CheckReport& report) {
  if (report.exit_code() != base::ExitCode::kDone) return "fail";
  return report.count(CheckLevel::kWarn) > 0 ? "warn" : "ok";
}

/// What only the rows of deep checks have.
void add_measure(nlohmann::ordered_json& row, const CheckMeasure& measure) {
  row["threshold"] = {{"text", measure.threshold},
                      {"limit", measure.limit},
                      {"floor", measure.floor},
                      {"source", measure.source}};
  row["findings"] = nlohmann::ordered_json::array();
  for (const auto& finding : measure.findings) {
    nlohmann::ordered_json one;
    one["object"] = finding.object;
    one["figure"] = finding.figure ? nlohmann::ordered_json(*finding.figure) : nlohmann::ordered_json();
    one["remedy"] = finding.remedy;
    row["findings"].push_back(std::move(one));
  }
}

}  // namespace

std::string report_json(const CheckReport& report, int exit_code) {
  nlohmann::ordered_json document;
  document["target"] = report.target;
  document["verdict"] = verdict(report);
  document["reason"] = report.reason();
  document["exit_code"] = exit_code;
  document["skipped"] = report.count(CheckLevel::kSkipped);
  document["checks"] = nlohmann::ordered_json::array();
  const auto text = [](const std::string& value) {
    return value.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(value);
  };
  for (const Check& check : report.checks) {
    nlohmann::ordered_json row;
    row["id"] = check.id;
    row["level"] = check_level_name(check.level);
    row["observed"] = check.observed;
    row["expected"] = text(check.expected);
    row["remedy"] = text(check.remedy);
    row["waiver"] = text(check.waiver);
    if (check.elapsed) {
      row["elapsed_ms"] = static_cast<double>(check.elapsed->count()) / 1000;
    } else {
      row["elapsed_ms"] = nullptr;
    }
    if (check.measure) add_measure(row, *check.measure);
    document["checks"].push_back(std::move(row));
  }
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace bigocean::base
