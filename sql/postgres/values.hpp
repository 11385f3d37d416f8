// Values as PostgreSQL writes them in text.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace bigocean::sql {

/// SQL that gives a timestamptz as microseconds since 1970.
inline std::string micros(std::string_view expression) {
  return fmt::format("(extract(epoch FROM {}) * 1000000)::bigint", expression);
}

template <typename Number>
Number number_of(std::string_view text) {
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    throw base::Error(base::ExitCode::kInternal, fmt::format("a number was expected, not `{}`", text));
  }
  return value;
}

inline std::int64_t integer(std::string_view text) { return number_of<std::int64_t>(text); }

/// Exact both ways: the server's shortest form, and fmt's.
inline double real(std::string_view text) { return number_of<double>(text); }
inline std::string text_of(double value) { return fmt::format("{}", value); }

inline std::chrono::system_clock::time_point time_of(std::string_view text) {
  return std::chrono::system_clock::time_point(std::chrono::microseconds(integer(text)));
}

inline std::string interval(std::chrono::milliseconds duration) {
  return fmt::format("{} milliseconds", duration.count());
}

}  // namespace bigocean::sql
