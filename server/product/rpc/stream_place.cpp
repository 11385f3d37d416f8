// Ids of a stream's events.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/product/rpc/backend.hpp"

namespace bigocean::server::rpc {
namespace {

constexpr std::string_view kWhole = "end";

/// Removes a number without a sign, and the point after it, from the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  if (text.starts_with('.')) text.remove_prefix(1);
  return value;
}

}  // namespace

std::string text_of(const StreamPlace& place) {
  return fmt::format("{}.{}.{}", place.position, place.turn,
                     place.whole ? std::string(kWhole) : std::to_string(place.bytes));
}

std::optional<StreamPlace> read_stream_place(std::string_view text) {
  // No id has a number with more digits.
  constexpr std::size_t kLengthMax = 64;
  if (text.size() > kLengthMax || std::count(text.begin(), text.end(), '.') != 2) return std::nullopt;
  auto rest = text;
  const auto position = take_number(rest);
  const auto turn = position ? take_number(rest) : std::nullopt;
  if (!turn) return std::nullopt;
  StreamPlace place{.position = *position, .turn = *turn};
  place.whole = rest == kWhole;
  if (!place.whole) {
    const auto bytes = take_number(rest);
    if (!bytes || !rest.empty()) return std::nullopt;
    place.bytes = *bytes;
  }
  // Only ids in the exact form that text_of() writes are accepted.
  return text_of(place) == text ? std::optional(place) : std::nullopt;
}

}  // namespace bigocean::server::rpc
