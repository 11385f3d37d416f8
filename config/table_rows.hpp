// What the files with rows of the table of settings share.
#pragma once

#include <cstdint>

#include "base/money.hpp"
#include "config/setting.hpp"

// A captureless function from Settings to one of its fields.
#define BIGOCEAN_FIELD(member) [](Settings& s) -> Field { return &s.member; }

namespace bigocean::config {

// Limits of durations are milliseconds, of dollars thousand-millionths.
inline constexpr std::int64_t kSecond = 1000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kKilobyte = 1024;
inline constexpr std::int64_t kMegabyte = 1024 * kKilobyte;
inline constexpr std::int64_t kDollarsMax = 1'000'000 * base::kNanoDollarsPerDollar;

/// The rows of rpc, anthropic, assessment, budget, limits, accounts and challenge.
std::span<const Setting> product_settings();

}  // namespace bigocean::config
