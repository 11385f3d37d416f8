// Shared by the private servers.
#include "tests/support/server_tools.hpp"

#include <cctype>

namespace bigocean::test {

std::string percent_encoded(const std::string& text) {
  constexpr auto kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || letter == '-' || letter == '_' || letter == '.' || letter == '~') {
      result += letter;
    } else {
      result += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return result;
}

}  // namespace bigocean::test
