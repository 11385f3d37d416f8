// The tables [prices.MODEL] of default.toml and bigocean.toml, read into exact prices.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/fault.hpp"
#include "config/toml_file.hpp"
#include "server/llm/model_prices.hpp"

namespace bigocean::server::product {

struct ReadPrices {
  std::vector<llm::ModelPrices> models;          ///< by name
  std::map<std::string, std::string> sources{};  ///< by model: the file that has the last word
};

/// Both maps as parse_toml() makes them; of a model that is in both, the file's prices replace the default's
/// one by one. Faults name file and line.
ReadPrices read_prices(const std::map<std::string, config::TomlValue, std::less<>>& defaults,
                       const std::map<std::string, config::TomlValue, std::less<>>& file,
                       const std::string& file_name, config::Faults& faults);

/// Dollars per million tokens: "in 0.1, out 0.5, …", for people.
std::string text_of(const llm::ModelPrices& prices);

}  // namespace bigocean::server::product
