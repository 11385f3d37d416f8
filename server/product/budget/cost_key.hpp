// Where Redis shows what was spent on a day: the mirror of PostgreSQL's ledger.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace bigocean::server::budget {

/// In place of a user: what the whole service spent.
constexpr std::string_view kWholeService = "service";

/// "cost:{who}:2026-01-30"; `who` is a user's id or kWholeService. The value is in nano-dollars.
std::string cost_key(std::string_view who, std::chrono::sys_days day);

}  // namespace bigocean::server::budget
