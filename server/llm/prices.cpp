// Computes the cost of a call to a model, to the nano-dollar.
#include "server/llm/prices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace bigocean::server::llm {
namespace {

/// Five products and sums of 64 bits fit.
__extension__ using Wide = __int128;

}  // namespace

const ModelPrices& Prices::find(std::string_view model) const {
  const auto found =
      std::find_if(models_.begin(), models_.end(), [&](const auto& prices) { return prices.model == model; });
  if (found != models_.end()) return *found;
  std::vector<std::string_view> known;
  for (const auto& prices : models_) known.push_back(prices.model);
  throw base::Error(
      base::ExitCode::kUsage,
      fmt::format("there is no price for the model `{}`{}", model, base::did_you_mean(model, known)),
      fmt::format("use one of {}, or add the table [prices.{}] to bigocean.toml", fmt::join(known, ", "),
                  model));
}

NanoDollars Prices::cost(std::string_view model, const Usage& usage) const {
  const auto& prices = find(model);
  const auto counts = {usage.input_tokens, usage.output_tokens, usage.cache_write_5m_tokens,
                       usage.cache_write_1h_tokens, usage.cache_read_tokens};
  if (std::min(counts) < 0)
    throw base::Error(base::ExitCode::kInternal, "a model's call reports a negative number of tokens",
                      "this is a fault of the program: please report it");
  const auto prompt = Wide{usage.input_tokens} + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens +
                      usage.cache_read_tokens;
  const bool is_long = prices.long_prompt > 0 && prompt > prices.long_prompt;
  const auto& price = is_long ? prices.for_long : prices.usual;
  const auto cost = Wide{usage.input_tokens} * price.input + Wide{usage.output_tokens} * price.output +
                    Wide{usage.cache_write_5m_tokens} * price.cache_write_5m +
                    Wide{usage.cache_write_1h_tokens} * price.cache_write_1h +
                    Wide{usage.cache_read_tokens} * price.cache_read;
  return static_cast<NanoDollars>(std::min(cost, Wide{std::numeric_limits<NanoDollars>::max()}));
}

}  // namespace bigocean::server::llm
