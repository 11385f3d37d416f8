// The keys of the mirror in Redis, which shows what was spent on a day.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace bigocean::server::budget {

/// In place of a user's id: the whole service.
constexpr std::string_view kWholeService = "service";

/// "cost:{who}:2026-01-30"; `who` is a user's id or kWholeService. The value is in nano-dollars.
std::string cost_key(std::string_view who, std::chrono::sys_days day);

}  // namespace bigocean::server::budget
