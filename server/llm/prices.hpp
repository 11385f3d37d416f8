// Computes the cost of a call to a model, to the nano-dollar.
#pragma once

#include <string_view>
#include <vector>

#include "server/llm/model_prices.hpp"
#include "server/llm/usage.hpp"

namespace bigocean::server::llm {

/// Immutable, so thread-safe.
class Prices {
 public:
  explicit Prices(std::vector<ModelPrices> models) : models_(std::move(models)) {}

  /// The prices of `model`. Throws base::Error(kUsage) that names the known models; to be called for every
  /// model at start-up.
  const ModelPrices& find(std::string_view model) const;

  /// The cost, exact and never rounded. The long prices apply to the whole request when its total input
  /// (fresh, written to the cache and read from it) is above the model's long_prompt. More tokens never cost
  /// less. A cost that exceeds 64 bits becomes the largest number. Throws as find(), and
  /// base::Error(kInternal) for a negative count.
  NanoDollars cost(std::string_view model, const Usage& usage) const;

 private:
  std::vector<ModelPrices> models_;
};

}  // namespace bigocean::server::llm
