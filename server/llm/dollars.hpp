// Dollars as text, exact to the nano-dollar, without floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bigocean::server::llm {

constexpr std::int64_t kNanoDollarsPerDollar = 1'000'000'000;

/// Parses "75", "0.15" or "0.000000001" into nano-dollars (thousand-millionths of a dollar). Nothing for a
/// sign, an exponent, a missing digit on either side of the point, more than nine decimals, or more than a
/// thousand million dollars.
std::optional<std::int64_t> parse_dollars(std::string_view text);

/// The shortest text that parse_dollars reads back exactly: "0.15"; with a minus below zero.
std::string format_dollars(std::int64_t nano_dollars);

}  // namespace bigocean::server::llm
