// The table of models with thinking settings.
#include "server/llm/thinking.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bigocean::server::llm {
namespace {

constexpr std::int64_t kRoomTokens = 2048;
constexpr std::size_t kDateDigits = 8;

constexpr std::array<std::pair<std::string_view, Thinking>, 5> kTable{{
    {"claude-haiku-5-5", {.type = "disabled"}},
    {"claude-sonnet-5-5", {.type = "between_tools"}},
    {"claude-opus-5-5", {.effort = "low", .room_tokens = kRoomTokens}},
    {"claude-haiku-4-5", {}},
    {"claude-sonnet-4-6", {}},
}};

/// `model` is `name`, or `name` with a date.
bool is_named(std::string_view model, std::string_view name) {
  if (!model.starts_with(name)) return false;
  const auto rest = model.substr(name.size());
  if (rest.empty()) return true;
  return rest.size() == 1 + kDateDigits && rest.front() == '-' &&
         std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Thinking thinking_for(std::string_view model) {
  const auto found =
      std::find_if(kTable.begin(), kTable.end(), [&](const auto& row) { return is_named(model, row.first); });
  return found == kTable.end() ? Thinking{.room_tokens = kRoomTokens} : found->second;
}

}  // namespace bigocean::server::llm
