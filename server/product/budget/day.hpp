// Days as PostgreSQL writes them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace bigocean::server::budget {

/// "2026-01-30".
std::string format_day(std::chrono::sys_days day);

/// The same back; throws base::Error(kInternal) for anything else.
std::chrono::sys_days parse_day(std::string_view text);

}  // namespace bigocean::server::budget
