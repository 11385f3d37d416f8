// The Retry-After header: parsed into a duration, and written for a reply.
#include "server/http/retry_after.hpp"

#include <algorithm>
#include <ctime>
#include <string>

#include "base/text.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours{30 * 24};

}  // namespace

std::optional<milliseconds> parse_seconds(std::string_view text) {
  const auto dot = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, dot);
  std::string thousandths(text.substr(std::min(dot + 1, text.size())));
  const auto is_digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == part.npos;
  };
  if (whole.empty() || !is_digits(whole) || !is_digits(thousandths)) return std::nullopt;
  thousandths.resize(3, '0');
  const auto seconds = base::parse_digits(whole, static_cast<std::uint64_t>(kLongest.count() / 1000));
  if (!seconds) return kLongest;
  const auto rest = base::parse_digits(thousandths, 999).value_or(0);
  return std::min(milliseconds{static_cast<milliseconds::rep>(*seconds * 1000 + rest)}, kLongest);
}

std::optional<milliseconds> parse_retry_after(std::string_view text,
                                              std::chrono::system_clock::time_point now) {
  text = base::trim(text);
  if (const auto given = parse_seconds(text)) return given;
  std::tm parts{};
  const std::string date(text);
  const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const auto when = std::chrono::system_clock::from_time_t(::timegm(&parts));
  return std::clamp(std::chrono::ceil<milliseconds>(when - now), milliseconds{0}, kLongest);
}

std::string retry_after_of(const Reply& reply) {
  constexpr std::chrono::seconds kLeast{1};
  if (!reply.retry_after && reply.status != 429 && reply.status != 503) return {};
  const auto known = reply.retry_after.value_or(kLeast);
  return std::to_string(std::max(kLeast, std::chrono::ceil<std::chrono::seconds>(known)).count());
}

}  // namespace bigocean::server::http
