// Options of a migration's part.
#include "sql/migrate/source/options.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.hpp"

namespace bigocean::sql::migrate {
namespace {

constexpr std::array<std::string_view, 5> kKeys{"transaction", "lock-timeout", "statement-timeout", "retry",
                                                "max-blocking"};
/// What may stand first in a "-- bigocean:" line.
constexpr std::array<std::string_view, 6> kWords{"transaction", "lock-timeout", "statement-timeout",
                                                 "retry",       "max-blocking", kAllowWord};
constexpr std::int64_t kRetryMax = 1000;

/// Stores `value` unless there is one. Returns what is wrong, or nothing.
template <typename T>
std::string store(std::optional<T>& slot, std::optional<T> value, std::string_view wanted) {
  if (!value) return fmt::format("must be {}", wanted);
  if (slot) return "is given twice";
  slot = value;
  return {};
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_retry(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number < 0 || number > kRetryMax) {
    return std::nullopt;
  }
  return number;
}

std::string read_option(std::string_view key, std::string_view value, FileOptions& options) {
  constexpr std::string_view kDuration = "a duration such as 500ms, 2s, 5m (0: no limit)";
  if (key == "transaction") return store(options.transaction, parse_bool(value), "true or false");
  if (key == "lock-timeout") return store(options.lock_timeout, base::parse_duration(value), kDuration);
  if (key == "statement-timeout")
    return store(options.statement_timeout, base::parse_duration(value), kDuration);
  if (key == "max-blocking") return store(options.max_blocking, base::parse_duration(value), kDuration);
  if (key == "retry")
    return store(options.retry, parse_retry(value), fmt::format("a number from 0 to {}", kRetryMax));
  return fmt::format("is unknown{}; the options are {}", base::did_you_mean(key, kKeys),
                     fmt::join(kKeys, ", "));
}

}  // namespace

bool is_allow(std::string_view words) { return words.substr(0, words.find_first_of(" \t")) == kAllowWord; }

void read_options(std::string_view words, std::size_t line, FileOptions& options,
                  std::vector<Fault>& faults) {
  for (words = base::trim(words); !words.empty();) {
    const std::size_t word_end = std::min(words.find_first_of(" \t"), words.size());
    const std::string_view word = words.substr(0, word_end);
    words = base::trim(words.substr(word_end));
    const std::size_t sign = word.find_first_of("=:");
    const std::string_view key = word.substr(0, sign);
    if (sign == std::string_view::npos || sign + 1 == word.size()) {
      const std::string meant = base::did_you_mean(key, kWords);
      faults.push_back({line, fmt::format("option `{}` has no value; write key=value{}", key, meant)});
      continue;
    }
    std::string wrong = read_option(key, word.substr(sign + 1), options);
    if (wrong.empty() && key == "max-blocking") {
      // What may make a whole service wait is said with a reason, which is the rest of the line.
      if (words.empty()) wrong = "needs a reason behind it: max-blocking=30s the table is used at night only";
      words = {};
    }
    if (!wrong.empty()) faults.push_back({line, fmt::format("option `{}` {}", word, wrong)});
  }
}

}  // namespace bigocean::sql::migrate
