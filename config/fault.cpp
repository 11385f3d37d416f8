// Collects faults in the settings and throws them as one error.
#include "config/fault.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace bigocean::config {

Fault fault_at(std::string_view value, std::string_view part, std::string_view what) {
  return {fmt::format("is malformed at character {}: {}", part.data() - value.data() + 1, what), {}};
}

void Faults::add(const std::string& place, const std::string& wrong, const std::string& example) {
  std::string line = fmt::format("{}: {}{}", place, wrong, example.empty() ? "" : "; for example " + example);
  // One fault, one line: a value with a line end must not break that.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  lines_.push_back(std::move(line));
}

void Faults::throw_if_any() const {
  if (lines_.empty()) return;
  const std::string head = lines_.size() == 1
                               ? "a setting is wrong or missing:"
                               : fmt::format("{} settings are wrong or missing:", lines_.size());
  throw base::Error(base::ExitCode::kUsage, fmt::format("{}\n{}", head, fmt::join(lines_, "\n")),
                    "settings are read from flags, the environment, .env.local and .env (in development), "
                    "bigocean.toml and the defaults, in this order");
}

}  // namespace bigocean::config
