// What a call to a model costs, to the nano-dollar.
#pragma once

#include <string_view>
#include <vector>

#include "server/llm/model_prices.hpp"
#include "server/llm/usage.hpp"

namespace bigocean::server::llm {

/// Thread-safe, since it never changes.
class Prices {
 public:
  explicit Prices(std::vector<ModelPrices> models) : models_(std::move(models)) {}

  /// Throws base::Error(kUsage) that names the known models: to be asked for every model at start-up.
  const ModelPrices& find(std::string_view model) const;

  /// Exact, never rounded. The long prices hold for the whole request when all its input together (fresh,
  /// written to the cache and read from it) is above the model's long_prompt. More tokens never cost less.
  /// What no 64 bits hold is the largest number. Throws as find(), and base::Error(kInternal) for a negative
  /// count.
  NanoDollars cost(std::string_view model, const Usage& usage) const;

 private:
  std::vector<ModelPrices> models_;
};

}  // namespace bigocean::server::llm
