// Small text helpers that every floor needs: durations, sizes, "did you mean".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bigocean::base {

/// Reads "250ms", "2s", "5m", "1h", "1d" or "0"; nothing else (no sign, no fraction, no bare number
/// other than 0). Empty result: not a duration, or more than 10 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Writes the shortest form that parse_duration reads back exactly: 120000 ms → "2m".
std::string format_duration(std::chrono::milliseconds value);

/// A measured time for people: "3 ms", "1.24 s", "2 min 5 s".
std::string format_elapsed(std::chrono::microseconds value);

/// A size for people, in units of 1024: "312 B", "1.4 MB".
std::string format_bytes(std::uint64_t bytes);

/// The candidate nearest to `word` by edit distance (with transpositions), if it is near enough: at most a
/// third of the longer word's length, and at most 3 edits.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean `x`?)" or an empty string; for the end of a message.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// RFC 3339 in UTC with milliseconds: "2026-01-30T12:00:00.000Z".
std::string format_time(std::chrono::system_clock::time_point time);

/// ASCII only, independent of the locale.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);

/// The parts of "a, b,c", trimmed; empty parts are left out. Returns views into `text`.
std::vector<std::string_view> comma_list(std::string_view text);

/// `text` as content of an element of HTML, or of an attribute in double quotes.
std::string escape_html(std::string_view text);

/// Reads decimal digits only: no sign, no blank, no hexadecimal. Returns nothing for other text or a number
/// above `max`.
std::optional<std::uint64_t> parse_digits(std::string_view text, std::uint64_t max);

}  // namespace bigocean::base
