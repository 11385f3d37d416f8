// Days to text and back.
#include "server/product/budget/day.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::server::budget {
namespace {

constexpr std::size_t kLength = std::string_view("2026-01-30").size();

}  // namespace

std::string format_day(std::chrono::sys_days day) { return base::format_time(day).substr(0, kLength); }

std::chrono::sys_days parse_day(std::string_view text) {
  if (text.size() == kLength && text[4] == '-' && text[7] == '-') {
    const auto year = base::parse_digits(text.substr(0, 4), 9999);
    const auto month = base::parse_digits(text.substr(5, 2), 12);
    const auto day = base::parse_digits(text.substr(8, 2), 31);
    if (year && month && day) {
      const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*day))};
      if (date.ok()) return std::chrono::sys_days(date);
    }
  }
  throw base::Error(base::ExitCode::kInternal, fmt::format("`{}` is not a day like 2026-01-30", text));
}

}  // namespace bigocean::server::budget
