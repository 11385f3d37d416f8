// The options of the deep checks, and what --explain prints.
#include "cli/check/deep_flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace bigocean::cli {
namespace {

std::string threshold_fault(const std::string& text, std::span<const std::string_view> ids) {
  const auto given = base::parse_threshold(text);
  if (!given) return fmt::format("`{}` is not ID=LIMIT or ID=LIMIT,FLOOR; for example {}=1", text, ids[0]);
  return id_fault(given->first, ids);
}

std::string explain_fault(const std::string& id, const DeepIds& ids) {
  if (std::ranges::find(ids.explained, id) != ids.explained.end()) return {};
  if (std::ranges::find(ids.all, id) == ids.all.end()) return id_fault(id, ids.all);
  return fmt::format(
      "`{}` has no question of its own, but is one of the facts of one round trip; docs/checks.md "
      "says why it matters",
      id);
}

void print_part(std::string_view name, std::string_view text) {
  if (!text.empty()) fmt::print("{:<11}{}\n", name, text);
}

}  // namespace

bool DeepFlags::described(const Invocation& invocation) {
  return invocation.describes("--deep") || invocation.describes("--threshold") ||
         invocation.describes("--explain");
}

DeepIds::DeepIds(std::span<const std::string_view> usual, std::vector<std::string_view> deep_only,
                 const std::function<bool(std::string_view)>& can_explain)
    : deep(std::move(deep_only)), all(usual.begin(), usual.end()) {
  all.insert(all.end(), deep.begin(), deep.end());
  std::ranges::copy_if(all, std::back_inserter(explained), can_explain);
}

void add_deep_flags(CLI::App& app, const Invocation& invocation, DeepFlags& flags, const DeepIds& ids) {
  if (invocation.describes("--deep")) {
    app.add_flag(
        "--deep", flags.deep,
        "Ask, too, what takes longer: what slows the server down, wastes its space or will fail later; "
        "only reads, with a time-out for each question");
  }
  if (invocation.describes("--threshold")) {
    app.add_option_function<std::vector<std::string>>(
           "--threshold",
           [&flags](const std::vector<std::string>& texts) {
             for (const auto& text : texts) {
               if (auto given = base::parse_threshold(text))
                 flags.thresholds.insert_or_assign(given->first, given->second);
             }
           },
           "Another limit for a row of --deep, and what is too small to report; --explain ID shows the usual "
           "ones. May be given more than once")
        ->type_name("ID=LIMIT[,FLOOR]")
        ->expected(1)
        ->take_all()
        ->check([&ids](const std::string& text) { return threshold_fault(text, ids.deep); });
  }
  if (invocation.describes("--explain")) {
    app.add_option("--explain", flags.explain,
                   "Print why a row is asked, its threshold and what is sent; no server is needed")
        ->type_name("ID")
        ->excludes("--json")
        ->check([&ids](const std::string& id) { return explain_fault(id, ids); });
  }
}

void require_deep(const CheckFlags& flags, const DeepFlags& deep, std::span<const std::string_view> ids) {
  if (deep.deep) return;
  const auto refuse = [&](const char* option, std::string_view id) {
    if (std::ranges::find(ids, id) == ids.end()) return;
    throw CLI::ValidationError(option, fmt::format("`{}` is asked with --deep only", id));
  };
  for (const auto& id : flags.policy.only) refuse("--only", id);
  for (const auto& [id, reason] : flags.policy.waivers) refuse("--waive", id);
  if (!deep.explain.empty()) return;
  for (const auto& [id, given] : deep.thresholds) refuse("--threshold", id);
}

int print_explanation(const base::Explanation& explanation, std::string_view language) {
  fmt::print("{}\n\n", explanation.id);
  print_part("Why", explanation.why);
  print_part("Expected", explanation.threshold);
  print_part("Source", explanation.source);
  print_part("Option", explanation.given.empty() ? "" : "--threshold " + explanation.given);
  print_part("Remedy", explanation.remedy);
  for (const auto& [where, text] : explanation.questions) {
    fmt::print("\n{}{}:\n\n{}\n", language, where.empty() ? "" : ", " + where, text);
  }
  return static_cast<int>(base::ExitCode::kDone);
}

}  // namespace bigocean::cli
