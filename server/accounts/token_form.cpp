// The form of a signed token.
#include "server/accounts/token_form.hpp"

#include <algorithm>

#include "server/accounts/base64url.hpp"

namespace bigocean::server::accounts {

std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1)};
}

bool is_signed_token(std::string_view text) {
  if (text.size() > kTokenBytesMax) return false;
  const auto parts = parts_of(text);
  return parts && std::all_of(parts->begin(), parts->end(), [](std::string_view part) {
           return !part.empty() && from_base64url(part).has_value();
         });
}

}  // namespace bigocean::server::accounts
