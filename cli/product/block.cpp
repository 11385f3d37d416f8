// bigocean budget block, bigocean budget unblock: people who may not spend any more.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/help.hpp"
#include "cli/product/subcommands.hpp"

namespace bigocean::cli {
namespace {

struct BlockFlags : BudgetFlags {
  std::string user;
};

int block(const BlockFlags& flags, server::conversation::Operations& operations, bool blocked) {
  require_uuid(flags.user, "person");
  if (!operations.block(flags.user, blocked)) {
    throw base::Error(base::ExitCode::kUsage, fmt::format("there is no person {}", flags.user),
                      "`bigocean budget --json` and the log lines of their requests have people's ids");
  }
  const auto out = flags.json
                       ? nlohmann::ordered_json{{"userId", flags.user}, {"blocked", blocked}}.dump(2) + "\n"
                       : fmt::format("{} is {}\n", flags.user, blocked ? "blocked" : "not blocked any more");
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}

void add(CLI::App& budget, Invocation& invocation, const std::string& name, const std::string& help,
         bool blocked) {
  auto& app = *budget.add_subcommand(name, help);
  const auto flags = std::make_shared<BlockFlags>();
  app.add_option("USER", flags->user, "The person's id")->required();
  add_json_option(app, *flags);
  app.footer(exit_codes_footer({0, 2, 7, 130, 143},
                               "bigocean budget " + name + " 0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11"));
  on_budget_call(app, invocation,
                 [flags, blocked](const config::Settings&, server::conversation::Operations& operations) {
                   return block(*flags, operations, blocked);
                 });
}

}  // namespace

void add_budget_block(CLI::App& budget, Invocation& invocation) {
  add(budget, invocation, "block",
      "Blocks a person. Their messages and new sessions are refused with 429 from now on; what they have "
      "written stays readable.",
      true);
}

void add_budget_unblock(CLI::App& budget, Invocation& invocation) {
  add(budget, invocation, "unblock", "Unblocks a person.", false);
}

}  // namespace bigocean::cli
