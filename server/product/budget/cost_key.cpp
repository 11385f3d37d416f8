// Names the mirror's keys.
#include "server/product/budget/cost_key.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace bigocean::server::budget {

std::string cost_key(std::string_view who, std::chrono::sys_days day) {
  return fmt::format("cost:{}:{}", who,
                     base::format_time(day).substr(0, std::string_view("2026-01-30").size()));
}

}  // namespace bigocean::server::budget
