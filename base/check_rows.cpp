// Rows that more than one check makes.
#include "base/check_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace bigocean::base {

Check make_row(std::string_view id, bool fine, CheckLevel level, std::string observed, std::string expected,
               std::string remedy) {
  if (fine) return {std::string(id), CheckLevel::kOk, std::move(observed), {}, {}, {}};
  return {std::string(id), level, std::move(observed), std::move(expected), std::move(remedy), {}};
}

Check encryption_row(const std::string& tls_version, std::string_view host, std::string remedy) {
  if (!tls_version.empty()) return {"encryption", CheckLevel::kOk, tls_version, {}, {}, {}};
  constexpr const char* kPlain = "the session is not encrypted";
  if (is_private_host(host)) return {"encryption", CheckLevel::kInfo, kPlain, {}, {}, {}};
  return {"encryption", CheckLevel::kWarn, kPlain, "TLS over a public network", std::move(remedy), {}};
}

Check clock_row(std::chrono::microseconds there, std::chrono::microseconds here,
                std::chrono::milliseconds skew_max) {
  const auto skew = there > here ? there - here : here - there;
  return make_row(
      "clock", skew <= skew_max, CheckLevel::kWarn,
      fmt::format("{} {} this machine", format_elapsed(skew), there > here ? "ahead of" : "behind"),
      "at most " + format_duration(skew_max),
      "set both clocks by NTP; days of the budget and expiries depend on them");
}

std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted,
                                     std::size_t percent) {
  return sorted[std::max<std::size_t>((sorted.size() * percent + 99) / 100, 1) - 1];
}

}  // namespace bigocean::base
