// Shared by the files with rows of the table of settings.
#pragma once

#include <cstdint>

#include "config/setting.hpp"

// A captureless function from Settings to one of its fields.
#define BIGOCEAN_FIELD(member) [](Settings& s) -> Field { return &s.member; }

namespace bigocean::config {

// Limits of durations are milliseconds.
inline constexpr std::int64_t kSecond = 1000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kKilobyte = 1024;
inline constexpr std::int64_t kMegabyte = 1024 * kKilobyte;

/// The rows of the section [traces], and OpenTelemetry's variables for them; parts of the toolkit's.
std::span<const Setting> trace_rows();
std::span<const Alias> trace_aliases();

}  // namespace bigocean::config
