// bigocean budget analyses, bigocean budget retry: analyses that were given up.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/help.hpp"
#include "cli/product/subcommands.hpp"

namespace bigocean::cli {
namespace {

using Json = nlohmann::ordered_json;
using server::conversation::Operations;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int list(const BudgetFlags& flags, Operations& operations) {
  const auto dead = operations.dead_analyses();
  if (flags.json) {
    Json list = Json::array();
    for (const auto& one : dead) {
      list.push_back({{"sessionId", one.session_id},
                      {"throughPosition", one.through_position},
                      {"attempts", one.attempts},
                      {"diedAt", one.died_at},
                      {"lastError", one.last_error}});
    }
    print(Json{{"dead", std::move(list)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return 0;
  }
  std::string out;
  for (const auto& one : dead) {
    out += fmt::format("{}  up to message {}, {} attempts, given up at {}\n  {}\n", one.session_id,
                       one.through_position, one.attempts, one.died_at, one.last_error);
  }
  if (dead.empty()) out = "no analysis was given up\n";
  if (dead.size() == Operations::kDeadShown)
    out += fmt::format("only the latest {} are shown\n", dead.size());
  if (!dead.empty()) out += "hint: `bigocean budget retry` tries them again\n";
  print(out);
  return 0;
}

struct RetryFlags : BudgetFlags {
  std::string session;
};

int retry(const RetryFlags& flags, Operations& operations) {
  if (!flags.session.empty()) require_uuid(flags.session, "session");
  const auto count =
      operations.retry_analyses(flags.session.empty() ? std::nullopt : std::optional(flags.session));
  print(flags.json ? Json{{"retried", count}}.dump(2) + "\n"
                   : fmt::format("{} will be tried again\n",
                                 count == 1 ? "1 analysis" : fmt::format("{} analyses", count)));
  return 0;
}

}  // namespace

void add_budget_analyses(CLI::App& budget, Invocation& invocation) {
  auto& app = *budget.add_subcommand("analyses", "Lists the analyses that were given up, the latest first.");
  const auto flags = std::make_shared<BudgetFlags>();
  add_json_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 7, 130, 143}, "bigocean budget analyses"));
  on_budget_call(app, invocation, [flags](const config::Settings&, Operations& operations) {
    return list(*flags, operations);
  });
}

void add_budget_retry(CLI::App& budget, Invocation& invocation) {
  auto& app = *budget.add_subcommand(
      "retry", "Tries analyses again that were given up. All of them, or those of one session.");
  const auto flags = std::make_shared<RetryFlags>();
  app.add_option("--session", flags->session, "Only those of this session")->type_name("ID");
  add_json_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 7, 130, 143}, "bigocean budget retry"));
  on_budget_call(app, invocation, [flags](const config::Settings&, Operations& operations) {
    return retry(*flags, operations);
  });
}

}  // namespace bigocean::cli
