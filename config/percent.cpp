// Percent-decoding.
#include "config/percent.hpp"

#include <charconv>

namespace bigocean::config {

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, failure] = std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16);
    if (failure != std::errc{} || end != &text[i + 1] + 2 || value == 0) return std::nullopt;
    result += static_cast<char>(value);
    i += 2;
  }
  return result;
}

}  // namespace bigocean::config
