// Reads the tables [prices.MODEL] of default.toml and bigocean.toml into exact prices.
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
  std::map<std::string, std::string> sources{};  ///< by model: the last file that sets its prices
};

/// Both maps are results of parse_toml(). For a model in both, the file's prices replace the defaults one by
/// one. Faults name file and line.
ReadPrices read_prices(const std::map<std::string, config::TomlValue, std::less<>>& defaults,
                       const std::map<std::string, config::TomlValue, std::less<>>& file,
                       const std::string& file_name, config::Faults& faults);

/// The prices as text, in dollars per million tokens: "in 0.1, out 0.5, …".
std::string text_of(const llm::ModelPrices& prices);

}  // namespace bigocean::server::product
