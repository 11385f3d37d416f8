// bigocean budget: today against the caps.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/help.hpp"
#include "cli/product/subcommands.hpp"
#include "server/llm/dollars.hpp"

namespace bigocean::cli {
namespace {

using server::budget::NanoDollars;
using server::conversation::DayOverview;
using Json = nlohmann::ordered_json;

std::string dollars(NanoDollars nano) { return server::llm::format_dollars(nano); }

/// Rounded up to cents of a cent, for people.
std::string shown(NanoDollars nano) {
  return fmt::format("${:.4f}",
                     static_cast<double>(nano) / static_cast<double>(server::llm::kNanoDollarsPerDollar));
}

std::string percent(NanoDollars part, NanoDollars cap) {
  if (cap <= 0) return "-";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(cap));
}

std::string as_json(const config::Settings& settings, const DayOverview& today) {
  const auto& caps = server::product::of(settings).budget;
  Json calls = Json::array();
  for (const auto& one : today.calls) {
    calls.push_back({{"purpose", one.purpose},
                     {"model", one.model},
                     {"calls", one.calls},
                     {"open", one.open},
                     {"swept", one.swept},
                     {"promptTokens", one.prompt_tokens},
                     {"cachedTokens", one.cached_tokens},
                     {"outputTokens", one.output_tokens},
                     {"cost", dollars(one.cost)}});
  }
  Json people = Json::array();
  for (const auto& person : today.people) {
    people.push_back({{"userId", person.user_id},
                      {"spent", dollars(person.total.spent)},
                      {"reserved", dollars(person.total.reserved)}});
  }
  const Json document{
      {"day", today.day},
      {"service",
       {{"spent", dollars(today.service.spent)},
        {"reserved", dollars(today.service.reserved)},
        {"cap", dollars(caps.service_day.nano)}}},
      {"caps", {{"session", dollars(caps.session.nano)}, {"userDay", dollars(caps.user_day.nano)}}},
      {"calls", std::move(calls)},
      {"people", {{"count", today.people_count}, {"most", std::move(people)}}},
      {"analyses", {{"waiting", today.analyses_waiting}, {"dead", today.analyses_dead}}},
      {"blocked", today.blocked}};
  return document.dump(2) + "\n";
}

std::string as_text(const config::Settings& settings, const DayOverview& today) {
  const auto cap = server::product::of(settings).budget.service_day.nano;
  std::string out = fmt::format("{} (UTC)\n", today.day);
  out += fmt::format("  service    {} spent, {} reserved, of {} ({})\n", shown(today.service.spent),
                     shown(today.service.reserved), shown(cap), percent(today.service.spent, cap));
  for (const auto& one : today.calls) {
    out += fmt::format("  {:<9}  {} calls of {}: {}, {} tokens in ({} cached), {} out{}{}\n", one.purpose,
                       one.calls, one.model, shown(one.cost), one.prompt_tokens, one.cached_tokens,
                       one.output_tokens, one.open > 0 ? fmt::format(", {} under way", one.open) : "",
                       one.swept > 0 ? fmt::format(", {} charged in full", one.swept) : "");
  }
  out += fmt::format("  people     {}, at most {} each\n", today.people_count,
                     shown(server::product::of(settings).budget.user_day.nano));
  for (const auto& person : today.people) {
    out += fmt::format("             {}  {} ({})\n", person.user_id, shown(person.total.spent),
                       percent(person.total.spent, server::product::of(settings).budget.user_day.nano));
  }
  out += fmt::format("  analyses   {} waiting, {} given up\n", today.analyses_waiting, today.analyses_dead);
  out += fmt::format("  blocked    {}\n", today.blocked);
  if (today.analyses_dead > 0) out += "hint: see `bigocean budget analyses`\n";
  return out;
}

}  // namespace

void describe_budget_today(CLI::App& budget, Invocation& invocation) {
  const auto flags = std::make_shared<BudgetFlags>();
  add_json_option(budget, *flags);
  budget.footer(exit_codes_footer({0, 2, 7, 130, 143}, "bigocean budget --json"));
  on_budget_call(budget, invocation,
                 [flags](const config::Settings& settings, server::conversation::Operations& operations) {
                   const auto today = operations.today();
                   const auto out = flags->json ? as_json(settings, today) : as_text(settings, today);
                   std::fwrite(out.data(), 1, out.size(), stdout);
                   return 0;
                 });
}

}  // namespace bigocean::cli
