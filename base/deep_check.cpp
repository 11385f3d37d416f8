// Rows of the deep checks, made from what a server answered.
#include "base/deep_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace bigocean::base {
namespace {

constexpr std::size_t kFindingsShown = 5;

std::string size_text(double bytes) { return format_bytes(static_cast<std::uint64_t>(std::max(bytes, 0.0))); }

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 1e18) return {};
  return value;
}

/// The texts of all answers of one level.
std::string joined_objects(const std::vector<DeepAnswer>& answers, CheckLevel level) {
  std::string text;
  for (const auto& answer : answers) {
    if (answer.level == level) text += (text.empty() ? "" : ", ") + answer.object;
  }
  return text;
}

}  // namespace

Threshold threshold_for(std::string_view id, const Threshold& usual, const GivenThresholds& given) {
  Threshold used = usual;
  if (const auto found = given.find(id); found != given.end()) {
    used.limit = found->second.limit;
    used.floor = found->second.floor.value_or(usual.floor);
  }
  return used;
}

std::string threshold_text(const Threshold& threshold) {
  return fmt::format(fmt::runtime(threshold.text), fmt::arg("limit", threshold.limit),
                     fmt::arg("floor", threshold.floor), fmt::arg("limit_bytes", size_text(threshold.limit)),
                     fmt::arg("floor_bytes", size_text(threshold.floor)));
}

std::string threshold_words(std::string_view id, const Threshold& threshold) {
  std::string words = fmt::format("{}={}", id, threshold.limit);
  if (threshold.floor > 0) words += fmt::format(",{}", threshold.floor);
  return words;
}

std::optional<std::pair<std::string, GivenThreshold>> parse_threshold(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos) return {};
  const auto numbers = text.substr(equals + 1);
  const auto comma = numbers.find(',');
  const auto limit = parse_number(numbers.substr(0, comma));
  if (!limit) return {};
  GivenThreshold given{*limit, std::nullopt};
  if (comma != numbers.npos) {
    given.floor = parse_number(numbers.substr(comma + 1));
    if (!given.floor) return {};
  }
  return std::pair(std::string(text.substr(0, equals)), given);
}

Check deep_row(std::string_view id, const Threshold& threshold, std::vector<DeepAnswer> answers) {
  Check row;
  row.id = id;
  row.measure = CheckMeasure{
      threshold_text(threshold), threshold.limit, threshold.floor, std::string(threshold.source), {}};
  auto& findings = row.measure->findings;
  for (auto& answer : answers) {
    if (answer.level == CheckLevel::kWarn)
      findings.push_back({std::move(answer.object), answer.figure, std::move(answer.remedy)});
  }
  // The largest first; those without a figure keep their place at the end.
  std::ranges::stable_sort(findings, [](const CheckFinding& a, const CheckFinding& b) {
    return a.figure.value_or(-1) > b.figure.value_or(-1);
  });
  if (!findings.empty()) {
    row.level = CheckLevel::kWarn;
    for (std::size_t i = 0; i < std::min(findings.size(), kFindingsShown); ++i) {
      row.observed += (i == 0 ? "" : ", ") + findings[i].object;
      row.remedy += (i == 0 ? "" : "; ") + findings[i].remedy;
    }
    if (findings.size() > kFindingsShown)
      row.observed += fmt::format(" and {} more", findings.size() - kFindingsShown);
    if (const auto unseen = joined_objects(answers, CheckLevel::kSkipped); !unseen.empty())
      row.observed += "; " + unseen;
    row.expected = row.measure->threshold;
    return row;
  }
  for (const CheckLevel level : {CheckLevel::kSkipped, CheckLevel::kInfo, CheckLevel::kOk}) {
    const auto found = std::ranges::find(answers, level, &DeepAnswer::level);
    if (found == answers.end()) continue;
    row.level = level;
    row.observed = joined_objects(answers, level);
    row.remedy = found->remedy;
    return row;
  }
  row.observed = "none";
  return row;
}

}  // namespace bigocean::base
