// Lists of names and values: "name=value,name=value".
#include "config/key_values.hpp"

#include "base/text.hpp"
#include "config/percent.hpp"

namespace bigocean::config {

std::optional<std::vector<std::pair<std::string, std::string>>> parse_key_values(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto part : base::comma_list(text)) {
    const auto equals = part.find('=');
    if (equals == part.npos) return std::nullopt;
    auto name = percent_decode(base::trim(part.substr(0, equals)));
    auto value = percent_decode(base::trim(part.substr(equals + 1)));
    if (!name || name->empty() || !value) return std::nullopt;
    all.emplace_back(std::move(*name), std::move(*value));
  }
  return all;
}

}  // namespace bigocean::config
