// Dollars as text and back, digit by digit.
#include "server/llm/dollars.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace bigocean::server::llm {
namespace {

constexpr std::size_t kDecimals = 9;
constexpr std::uint64_t kDollarsMax = 1'000'000'000;

}  // namespace

std::optional<std::int64_t> parse_dollars(std::string_view text) {
  const auto point = text.find('.');
  const auto dollars = base::parse_digits(text.substr(0, point), kDollarsMax);
  if (!dollars) return std::nullopt;
  std::uint64_t fraction = 0;
  if (point != text.npos) {
    std::string decimals(text.substr(point + 1));
    if (decimals.empty() || decimals.size() > kDecimals) return std::nullopt;
    decimals.resize(kDecimals, '0');
    const auto parsed = base::parse_digits(decimals, kNanoDollarsPerDollar - 1);
    if (!parsed) return std::nullopt;
    fraction = *parsed;
  }
  if (*dollars == kDollarsMax && fraction > 0) return std::nullopt;
  return static_cast<std::int64_t>(*dollars * kNanoDollarsPerDollar + fraction);
}

std::string format_dollars(std::int64_t nano_dollars) {
  // Through unsigned: the most negative number has no positive counterpart.
  const bool negative = nano_dollars < 0;
  const auto size =
      negative ? 0 - static_cast<std::uint64_t>(nano_dollars) : static_cast<std::uint64_t>(nano_dollars);
  std::string text = fmt::format("{}{}.{:09}", negative ? "-" : "", size / kNanoDollarsPerDollar,
                                 size % kNanoDollarsPerDollar);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace bigocean::server::llm
